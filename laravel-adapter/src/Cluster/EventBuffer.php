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
        $named = array_filter($tail, static fn(array $one): bool => Route::isNamed($one[0], $ours));
        $old = array_values(array_column($named, 1));
        $new = array_filter($this->events, static fn(AmiEvent $event): bool => Route::isNamed($event->name, $theirs));
        $comparable = array_filter(array_map(self::fingerprint(...), $new), is_string(...));
        $overlap = self::overlap($old, array_values($comparable));
        if ($overlap === 0) {
            return 0;
        }
        $last = array_keys($comparable)[$overlap - 1];
        $delivered = array_filter($new, static fn(int $sequence): bool => $sequence <= $last, ARRAY_FILTER_USE_KEY);
        $this->events = array_diff_key($this->events, $delivered);

        return count($delivered);
    }

    /** @param \Closure(Route, AmiEvent): void $deliver */
    public function release(\Closure $deliver): void
    {
        foreach ($this->events as $sequence => $event) {
            foreach ($this->routes[$sequence] as $route) {
                $deliver($route, $event);
            }
        }
    }

    /**
     * How many of the new session's events the old one delivered already: the longest beginning of $new that is an end of $old.
     *
     * @param list<string> $old fingerprints from before the new session's login on
     * @param list<string> $new
     */
    private static function overlap(array $old, array $new): int
    {
        for ($length = min(count($old), count($new)); $length > 0; --$length) {
            // The cheap comparison first: nearly every length fails by it.
            if (
                $new[$length - 1] === $old[count($old) - 1]
                && array_slice($old, -$length) === array_slice($new, 0, $length)
            ) {
                return $length;
            }
        }

        return 0;
    }
}
