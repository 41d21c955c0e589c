<?php

declare(strict_types=1);

namespace Apn\AmiClient\Laravel\Worker;

use Apn\AmiClient\AmiClient;
use Apn\AmiClient\AmiEvent;
use Apn\AmiClient\Laravel\Cluster\Alignment;
use Apn\AmiClient\Laravel\Routing\Route;
use Apn\AmiClient\Subscription;

/**
 * The events of one server, from its session to those who want them.
 *
 * While the server is taken over from another worker they are held; while it is handed over their tail is remembered.
 */
final class Feed
{
    private const int TAIL_MAX = 20_000;

    /** @var list<Subscription> */
    private array $subscriptions = [];

    /** @var ?list<array{string, string}> name and fingerprint of what was delivered since record() */
    private ?array $tail = null;
    private ?Held $held = null;
    private int $sequence = -1;

    /** @param list<Route> $routes */
    public function __construct(
        public readonly AmiClient $client,
        private readonly array $routes,
        private readonly Tally $tally,
        /** Sets the ids of these events apart from those of other holders of the server. */
        private string $term,
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

    /** Ends with whatever was not delivered. */
    public function close(float $grace): void
    {
        $this->unsubscribe();
        $this->client->close($grace);
    }

    public function isReady(): bool
    {
        return $this->client->isReady();
    }

    /** Keeps the events to come until release(). */
    public function hold(): void
    {
        $this->held = new Held();
    }

    /**
     * Delivers what was held and is not in the tail of the old holder, under the new term.
     *
     * @param list<array{string, string}> $tail
     * @param list<string> $theirs
     *
     * @return array{forgotten: int, isComplete: bool}
     */
    public function release(string $term, array $tail = [], array $theirs = []): array
    {
        $this->term = $term;
        $held = $this->held ?? new Held();
        $forgotten = $held->align($tail, $theirs, $this->names());
        $this->held = null;
        $held->release($this->deliver(...));

        return ['forgotten' => $forgotten, 'isComplete' => !$held->isIncomplete];
    }

    public function record(): void
    {
        $this->tail = [];
    }

    public function stopRecording(): void
    {
        $this->tail = null;
    }

    /**
     * Delivers nothing any more, and gives what was delivered since record(). The session stays open, for the actions on it.
     *
     * @return list<array{string, string}>
     */
    public function cut(): array
    {
        $this->unsubscribe();

        return $this->tail ?? [];
    }

    /** @return list<string> the event names subscribed to */
    public function names(): array
    {
        return array_values(array_unique(array_merge(
            [],
            ...array_map(static fn(Route $route): array => $route->names, $this->routes),
        )));
    }

    private function receive(Route $route, AmiEvent $event): void
    {
        if ($this->held !== null) {
            $this->held->add($route, $event);
        } else {
            $this->deliver($route, $event);
        }
    }

    private function deliver(Route $route, AmiEvent $event): void
    {
        if ($event->sequence !== $this->sequence) {
            $this->sequence = $event->sequence;
            $this->tally->delivered();
            $this->remember($event);
        }
        $began = Worker::now();
        try {
            ($route->deliver)($event, "{$event->serverKey}:{$this->term}:{$event->sequence}");
        } finally {
            $ended = Worker::now();
            $this->tally->took($route->label, $ended - $began, $ended);
        }
    }

    private function remember(AmiEvent $event): void
    {
        if ($this->tail === null) {
            return;
        }
        $fingerprint = Alignment::fingerprint($event);
        if ($fingerprint !== null) {
            $this->tail[] = [$event->name, $fingerprint];
        }
        if (count($this->tail) > (2 * self::TAIL_MAX)) {
            $this->tail = array_slice($this->tail, -self::TAIL_MAX);
        }
    }

    private function unsubscribe(): void
    {
        foreach ($this->subscriptions as $subscription) {
            $subscription->cancel();
        }
        $this->subscriptions = [];
    }
}
