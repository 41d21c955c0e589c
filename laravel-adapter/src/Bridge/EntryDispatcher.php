<?php

declare(strict_types=1);

namespace Apn\AmiClient\Laravel\Bridge;

use Apn\AmiClient\Laravel\Events\AmiGap;
use Apn\AmiClient\Laravel\Routing\EventRoutes;
use Apn\AmiClient\Laravel\Routing\Route;
use Illuminate\Contracts\Events\Dispatcher;

/** Gives an entry of the stream to the application's listeners, as a worker without the bridge would. */
final class EntryDispatcher
{
    /** @var ?list<Route> */
    private ?array $routes = null;

    public function __construct(
        private readonly EventRoutes $eventRoutes,
        private readonly Dispatcher $events,
    ) {}

    /** @return list<Route> */
    public function routes(): array
    {
        return $this->routes ??= $this->eventRoutes->all($this->events);
    }

    /** @throws \Throwable what a listener throws */
    public function dispatch(Entry $entry): void
    {
        match ($entry->kind) {
            'event' => $this->event($entry),
            'gap' => $this->gap($entry),
            default => null,
        };
    }

    private function event(Entry $entry): void
    {
        $event = $entry->event();
        foreach ($this->routes() as $route) {
            if ($route->takes($event)) {
                ($route->deliver)($event, $entry->id());
            }
        }
    }

    private function gap(Entry $entry): void
    {
        ['from' => $from, 'to' => $to, 'cause' => $cause, 'dropped' => $dropped] = $entry->fields();
        $this->events->dispatch(
            new AmiGap($entry->server, (float) $from, (float) $to, (string) $cause, (int) $dropped),
        );
    }
}
