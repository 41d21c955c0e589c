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
    public readonly AmiClient $client;

    /** @var list<Subscription> */
    private array $subscriptions = [];
    private int $sequence = -1;

    /** @param string $term keeps the ids of these events apart from those of other holders of the server */
    public function __construct(
        private readonly Worker $worker,
        string $server,
        public protected(set) string $term,
    ) {
        $this->client = $worker->manager->server($server);
    }

    public function open(): void
    {
        foreach ($this->worker->routes as $route) {
            $this->subscriptions[] = $this->client->onEvent(
                $route->names,
                fn(AmiEvent $event) => $this->receive($route, $event),
                $route->where,
            );
        }
        $this->client->open();
    }

    /**
     * Events that were not delivered by then are lost.
     *
     * @param ?float $grace seconds to say goodbye to the server in; null for those of the configuration
     */
    public function close(?float $grace = null): void
    {
        $this->unsubscribe();
        $this->client->close($grace ?? $this->worker->settings->number('listen.grace'));
    }

    /** @return list<string> the event names subscribed to */
    public function names(): array
    {
        return array_values(array_unique(array_merge([], ...array_column($this->worker->routes, 'names'))));
    }

    protected function receive(Route $route, AmiEvent $event): void
    {
        $this->deliver($route, $event);
    }

    protected function deliver(Route $route, AmiEvent $event): void
    {
        if ($event->sequence !== $this->sequence) {
            $this->sequence = $event->sequence;
            $this->worker->statistics->delivered();
            $this->delivered($event);
        }
        $this->worker->statistics->measure($route->label, function () use ($route, $event): void {
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
