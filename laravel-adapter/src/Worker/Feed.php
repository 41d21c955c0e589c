<?php

declare(strict_types=1);

namespace Apn\AmiClient\Laravel\Worker;

use Apn\AmiClient\AmiClient;
use Apn\AmiClient\AmiEvent;
use Apn\AmiClient\Laravel\Routing\Route;
use Apn\AmiClient\Subscription;

/** The events of one server, from its session to those who want them. */
final class Feed
{
    /** @var list<Subscription> */
    private array $subscriptions = [];

    /** @param string $term sets the ids of these events apart from those of other holders of the server */
    public function __construct(
        public readonly AmiClient $client,
        public readonly string $term,
    ) {}

    /** @param list<Route> $routes */
    public function open(array $routes): void
    {
        foreach ($routes as $route) {
            $this->subscriptions[] = $this->client->onEvent(
                $route->names,
                function (AmiEvent $event) use ($route): void {
                    ($route->deliver)($event, "{$event->serverKey}:{$this->term}:{$event->sequence}");
                },
                $route->where,
            );
        }
        $this->client->open();
    }

    public function close(float $grace): void
    {
        foreach ($this->subscriptions as $subscription) {
            $subscription->cancel();
        }
        $this->subscriptions = [];
        $this->client->close($grace);
    }
}
