<?php

declare(strict_types=1);

namespace Apn\AmiClient\Laravel\Worker;

use Apn\AmiClient\AmiClient;
use Apn\AmiClient\AmiEvent;
use Apn\AmiClient\Laravel\Routing\Route;
use Apn\AmiClient\Subscription;

/** The events of one server, from its session to those who want them. */
class Feed
{
    /** @var list<Subscription> */
    private array $subscriptions = [];
    private int $sequence = -1;

    /**
     * @param list<Route> $routes
     * @param string $term keeps the ids of these events apart from those of other holders of the server
     */
    public function __construct(
        public readonly AmiClient $client,
        private readonly array $routes,
        private readonly Statistics $statistics,
        protected string $term,
    ) {}

    public function open(): void
    {
        foreach ($this->routes as $route) {
            $this->subscriptions[] = $this->client->onEvent(
                $route->names,
                fn(AmiEvent $event) => $this->receive($route, $event),
                $route->where,
            );
        }
        $this->client->open();
    }

    /** Events that were not delivered by then are lost. */
    public function close(float $grace): void
    {
        $this->unsubscribe();
        $this->client->close($grace);
    }

    public function isReady(): bool
    {
        return $this->client->isReady();
    }

    /** @return list<string> the event names subscribed to */
    public function names(): array
    {
        return array_values(array_unique(array_merge(
            [],
            ...array_map(static fn(Route $route): array => $route->names, $this->routes),
        )));
    }

    protected function receive(Route $route, AmiEvent $event): void
    {
        $this->deliver($route, $event);
    }

    protected function deliver(Route $route, AmiEvent $event): void
    {
        if ($event->sequence !== $this->sequence) {
            $this->sequence = $event->sequence;
            $this->statistics->delivered();
            $this->delivered($event);
        }
        $this->statistics->measure($route->label, function () use ($route, $event): void {
            ($route->deliver)($event, "{$event->serverKey}:{$this->term}:{$event->sequence}");
        });
    }

    /** Called once for every event, before its first listener. */
    protected function delivered(AmiEvent $event): void {}

    protected function unsubscribe(): void
    {
        foreach ($this->subscriptions as $subscription) {
            $subscription->cancel();
        }
        $this->subscriptions = [];
    }
}
