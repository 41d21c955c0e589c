<?php

declare(strict_types=1);

namespace Apn\AmiClient\Laravel\Routing;

use Illuminate\Events\Dispatcher;
use Illuminate\Support\Str;
use Illuminate\Support\Testing\Fakes\EventFake;
use ReflectionProperty;

/** Whether the application listens to a class of events. */
final class Listeners
{
    /**
     * A listener to everything there is, as Telescope and Clockwork register one, asks for nothing: it watches what is
     * dispatched anyway. Under Event::fake() everything is wanted, so that a test can ask what was dispatched.
     *
     * @param class-string $event
     */
    public static function want(string $event): bool
    {
        /** @var Dispatcher|EventFake $events */
        $events = app('events');

        return (
            $events instanceof EventFake
            || isset($events->getRawListeners()[$event])
            || self::isNamedByPattern($events, $event)
        );
    }

    /**
     * The listener classes of an event.
     *
     * @param class-string $event
     *
     * @return list<string>
     */
    public static function classes(string $event): array
    {
        $listeners = app('events')->getRawListeners()[$event] ?? [];
        $classes = array_map(
            static fn(mixed $one): mixed => match (true) {
                is_string($one) => explode('@', $one)[0],
                is_array($one) => $one[0] ?? null,
                default => null,
            },
            (array) $listeners,
        );

        return array_values(array_filter($classes, is_string(...)));
    }

    private static function isNamedByPattern(Dispatcher $events, string $event): bool
    {
        if (!$events->hasWildcardListeners($event)) {
            return false;
        }
        // There is no other way to ask which patterns there are.
        /** @var list<string> $patterns */
        $patterns = array_keys((array) new ReflectionProperty(Dispatcher::class, 'wildcards')->getValue($events));

        return array_any($patterns, static fn(string $pattern): bool => $pattern !== '*' && Str::is($pattern, $event));
    }
}
