<?php

declare(strict_types=1);

namespace Apn\AmiClient\Laravel\Routing;

use Apn\AmiClient\AmiClient;
use Apn\AmiClient\Events\EventName;
use Apn\AmiClient\Exception\AmiThrowable;
use Apn\AmiClient\GenericAction;
use ReflectionClass;

/** Which classes of events an account must be allowed to read (`read` in manager.conf). */
final class ReadClasses
{
    /**
     * @param list<Route> $routes
     *
     * @return array<string, string> class by event, for the events that the routes name
     */
    public static function of(array $routes): array
    {
        $isNamed = static fn(string $event): bool => array_any(
            $routes,
            static fn(Route $route): bool => !$route->isCatchAll() && Route::isNamed($event, $route->names),
        );

        return array_filter(self::all(), $isNamed, ARRAY_FILTER_USE_KEY);
    }

    /** @return ?list<string> null where the account may not ask */
    public static function ofAccount(AmiClient $client, string $username): ?array
    {
        try {
            $output = $client
                ->send(new GenericAction('Command', ['Command' => "manager show user $username"]))
                ->await(5.0)
                ->getOutput();
        } catch (AmiThrowable) {
            return null;
        }

        return preg_match('/read perm(?:ission)?:\s*(\S+)/i', (string) $output, $found) === 1
            ? explode(',', $found[1])
            : null;
    }

    /** @return array<string, string> as the documentation of EventName has it */
    private static function all(): array
    {
        $classes = [];
        foreach (new ReflectionClass(EventName::class)->getReflectionConstants() as $constant) {
            if (preg_match('/Read class: (\w+)\./', (string) $constant->getDocComment(), $found) === 1) {
                $classes[(string) $constant->getValue()] = $found[1];
            }
        }

        return $classes;
    }
}
