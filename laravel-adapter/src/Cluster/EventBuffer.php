<?php

declare(strict_types=1);

namespace Apn\AmiClient\Laravel\Cluster;

use Apn\AmiClient\AmiEvent;
use Apn\AmiClient\Laravel\Routing\Route;

/**
 * Events of a session whose server is not ours yet, until the old holder says up to where it delivered.
 *
 * Asterisk queues its events once and gives them to every session in the same order, so the last events that the old
 * session delivered are the first that the new one saw. Only the greeting is a session's own; answers to actions are no
 * events here.
 */
final class EventBuffer
{
    private const int EVENTS_MAX = 20_000;

    /** @var array<int, AmiEvent> by sequence */
    private array $events = [];

    /** @var array<int, list<Route>> by sequence */
    private array $routes = [];

    /** True where not all could be kept. */
    public private(set) bool $isIncomplete = false;

    /** Null for an event that only its own session sees. */
    public static function fingerprint(AmiEvent $event): ?string
    {
        return strcasecmp($event->name, 'FullyBooted') === 0
            ? null
            : hash('xxh128', serialize($event->getRawHeaders()));
    }

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
            ? self::fingerprint($event)
            : null, array_values($this->events));
        $forgotten = 0;
        foreach (array_slice($sequences, 0, self::overlap($old, $new)) as $sequence) {
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

    /**
     * How many of the new session's events the old one delivered already: the longest beginning of $new that is an end of $old.
     *
     * @param list<string> $old fingerprints from before the new session's login on
     * @param list<?string> $new
     */
    private static function overlap(array $old, array $new): int
    {
        $comparable = array_filter($new, is_string(...));
        $places = array_keys($comparable);
        $comparable = array_values($comparable);
        for ($length = min(count($old), count($comparable)); $length > 0; --$length) {
            // The cheap comparison first: nearly every length fails by it.
            if (
                $comparable[$length - 1] === $old[count($old) - 1]
                && array_slice($old, -$length) === array_slice($comparable, 0, $length)
            ) {
                return $places[$length - 1] + 1;
            }
        }

        return 0;
    }
}
