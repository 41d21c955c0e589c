<?php

declare(strict_types=1);

namespace Apn\AmiClient\Laravel\Cluster;

use Apn\AmiClient\AmiEvent;
use Apn\AmiClient\Laravel\Routing\Route;

/** Events of a session whose server is not ours yet, until the old holder says up to where it delivered. */
final class EventBuffer
{
    private const int EVENTS_MAX = 20_000;

    /** @var array<int, AmiEvent> by sequence */
    private array $events = [];

    /** @var array<int, list<Route>> by sequence */
    private array $routes = [];

    /** True where not all could be kept. */
    public private(set) bool $isIncomplete = false;

    public function add(Route $route, AmiEvent $event): void
    {
        if (!isset($this->events[$event->sequence]) && count($this->events) >= self::EVENTS_MAX) {
            $this->isIncomplete = true;

            return;
        }
        $this->events[$event->sequence] = $event;
        $this->routes[$event->sequence][] = $route;
    }

    /**
     * Forgets what the old holder delivered.
     *
     * @param list<array{string, string}> $tail name and fingerprint of its last events
     * @param list<string> $theirs the names that it subscribed to
     * @param list<string> $ours
     *
     * @return int events forgotten
     */
    public function align(array $tail, array $theirs, array $ours): int
    {
        $named = array_filter($tail, static fn(array $event): bool => Route::isNamed($event[0], $ours));
        $old = array_values(array_column($named, 1));
        $isTheirs = static fn(AmiEvent $event): bool => Route::isNamed($event->name, $theirs);
        $sequences = array_keys($this->events);
        $new = array_map(static fn(AmiEvent $event): ?string => $isTheirs($event)
            ? Alignment::fingerprint($event)
            : null, array_values($this->events));
        $forgotten = 0;
        foreach (array_slice($sequences, 0, Alignment::overlap($old, $new)) as $sequence) {
            if ($isTheirs($this->events[$sequence])) {
                unset($this->events[$sequence], $this->routes[$sequence]);
                ++$forgotten;
            }
        }

        return $forgotten;
    }

    /** @param \Closure(Route, AmiEvent): void $deliver */
    public function release(\Closure $deliver): void
    {
        foreach ($this->events as $sequence => $event) {
            foreach ($this->routes[$sequence] as $route) {
                $deliver($route, $event);
            }
        }
        $this->events = $this->routes = [];
    }
}
