<?php

declare(strict_types=1);

namespace Apn\AmiClient\Laravel\Bridge;

use Apn\AmiClient\AmiEvent;
use Apn\AmiClient\Laravel\Cluster\Alignment;
use Apn\AmiClient\Laravel\Config\Settings;
use Apn\AmiClient\Laravel\Events\AmiGap;
use Apn\AmiClient\Laravel\Routing\EventRoutes;
use Apn\AmiClient\Laravel\Routing\Route;
use Apn\AmiClient\Laravel\Worker\FollowsEvents;
use Apn\AmiClient\Laravel\Worker\Sink;
use Apn\AmiClient\Laravel\Worker\Worker;
use Illuminate\Contracts\Events\Dispatcher;
use RedisException;
use RuntimeException;

/** The bridge: events go to the Redis stream, and to listeners in whatever process consumes it. */
final class StreamSink implements Sink, FollowsEvents
{
    /** @var array<string, string> id of each server's last event, which several routes may bring */
    private array $last = [];

    public function __construct(
        private readonly StreamWriter $writer,
        private readonly EventRoutes $routes,
        private readonly Dispatcher $events,
        private readonly Settings $settings,
    ) {}

    public function routes(): array
    {
        $names = $this->settings->raw('bridge.events');
        if ($names !== null) {
            return [new Route(array_values((array) $names), [], 'config ami.bridge.events', $this->event(...))];
        }
        $wanted = array_map(
            fn(Route $route): Route => new Route($route->names, $route->where, $route->label, $this->event(...)),
            $this->routes->all($this->events),
        );

        return (
            $wanted === []
                ? [new Route(['*'], [], 'the bridge (no listener says what it needs)', $this->event(...))]
                : $wanted
        );
    }

    public function gap(AmiGap $gap, string $term): void
    {
        $fields = ['from' => $gap->from, 'to' => $gap->to, 'cause' => $gap->cause, 'dropped' => $gap->dropped];
        $this->writer->add('gap', $gap->server, (int) $term, $gap->to, $fields, Worker::now());
    }

    public function tail(string $server, string $term): array
    {
        try {
            $entries = $this->writer->written($server, (int) $term);
        } catch (RedisException) {
            // Rather twice than held for ever.
            return [];
        }
        $tail = [];
        foreach ($entries as $entry) {
            $event = $entry->event();
            $fingerprint = Alignment::fingerprint($event);
            if ($fingerprint !== null) {
                $tail[] = [$event->name, $fingerprint];
            }
        }

        return $tail;
    }

    public function flush(): bool
    {
        return $this->writer->flush(Worker::now());
    }

    public function turn(float $now): float
    {
        return $this->writer->turn($now);
    }

    /** @throws RuntimeException where Redis is away: what waits is lost with the process */
    public function finish(float $now): void
    {
        if (!$this->writer->flush($now)) {
            throw new RuntimeException(
                "Redis is away, {$this->writer->waitingCount()} events of the bridge end with this worker",
            );
        }
    }

    private function event(AmiEvent $event, string $id): void
    {
        if (($this->last[$event->serverKey] ?? '') === $id) {
            return;
        }
        $this->last[$event->serverKey] = $id;
        $fence = (int) explode(':', $id)[1];
        $fields = ['q' => $event->sequence, 'h' => $event->getRawHeaders()];
        $this->writer->add('event', $event->serverKey, $fence, $event->receivedAt, $fields, Worker::now());
    }
}
