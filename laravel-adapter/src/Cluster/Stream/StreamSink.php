<?php

declare(strict_types=1);

namespace Apn\AmiClient\Laravel\Cluster\Stream;

use Apn\AmiClient\AmiEvent;
use Apn\AmiClient\Laravel\Config\Settings;
use Apn\AmiClient\Laravel\Events\AmiGap;
use Apn\AmiClient\Laravel\Routing\EventRoutes;
use Apn\AmiClient\Laravel\Routing\Route;
use Apn\AmiClient\Laravel\Worker\RunsAfterEvents;
use Apn\AmiClient\Laravel\Worker\Sink;
use Illuminate\Contracts\Events\Dispatcher;
use RuntimeException;

/** The event stream: what readers want, and what `ami.stream.events` names. */
final class StreamSink implements Sink, RunsAfterEvents
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
        $names = $this->settings->array('stream.events');
        $routes = $names === []
            ? []
            : [new Route(array_values($names), [], 'config ami.stream.events', $this->event(...))];
        foreach ($this->routes->readers() as $reader) {
            foreach ($reader->routes($this->events) as $route) {
                $routes[] = new Route($route->names, $route->where, "the reader {$reader->name}", $this->event(...));
            }
        }

        return $routes;
    }

    public function gap(AmiGap $gap, string $term): void
    {
        $fields = ['from' => $gap->from, 'to' => $gap->to, 'cause' => $gap->cause, 'dropped' => $gap->dropped];
        $this->writer->add('gap', $gap->server, (int) $term, $gap->to, $fields);
    }

    public function flush(): bool
    {
        return $this->writer->flush();
    }

    public function status(): array
    {
        return ['stream' => $this->writer->status()];
    }

    public function turn(float $now): float
    {
        return $this->writer->turn($now);
    }

    /** @throws RuntimeException where Redis is away: what waits is lost with the process */
    public function finish(float $now): void
    {
        if (!$this->writer->flush()) {
            throw new RuntimeException(
                "Redis is away: {$this->writer->waitingCount()} entries of the stream are lost with this worker.",
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
        $this->writer->add('event', $event->serverKey, $fence, $event->receivedAt, Entry::fieldsOf($event));
    }
}
