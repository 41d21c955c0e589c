<?php

declare(strict_types=1);

namespace Apn\AmiClient\Laravel\Routing;

use Apn\AmiClient\AmiEvent;
use Apn\AmiClient\Glob;
use Apn\AmiClient\Laravel\Config\Settings;
use Apn\AmiClient\Laravel\Contracts\FromAmiEvent;
use Apn\AmiClient\Laravel\Events\AmiEventReceived;
use Closure;
use Illuminate\Contracts\Events\Dispatcher;
use Illuminate\Contracts\Queue\ShouldQueue;

/** What the application wants to hear of Asterisk: Ami::on(), `ami.listen.events`, listeners of AmiEventReceived. */
final class EventRoutes
{
    /** @var list<array{list<string>, string|Closure, array<string, mixed>}> */
    private array $registered = [];

    public function __construct(
        private readonly Settings $settings,
    ) {}

    /**
     * @param string|list<string> $names
     * @param class-string|callable(AmiEvent): void $target
     * @param array<string, string|Glob|list<string|Glob>> $where
     */
    public function on(string|array $names, string|callable $target, array $where = []): void
    {
        $target = is_string($target) ? $target : $target(...);
        if (is_string($target)) {
            self::check($target, 'Ami::on()');
        }
        $this->registered[] = [(array) $names, $target, $where];
    }

    /**
     * The routes in force: event classes that nobody listens to have none.
     *
     * @return list<Route>
     */
    public function all(Dispatcher $events): array
    {
        $routes = [];
        foreach ([...$this->registered, ...$this->configured()] as [$names, $target, $where]) {
            if (
                is_string($target)
                && is_a($target, FromAmiEvent::class, allow_string: true)
                && !$events->hasListeners($target)
            ) {
                continue;
            }
            $routes[] = new Route($names, $where, self::label($target), self::delivery($target, $events));
        }
        if ($events->hasListeners(AmiEventReceived::class)) {
            $routes[] = new Route(['*'], [], 'listeners of AmiEventReceived', static function (
                AmiEvent $event,
                string $id,
            ) use ($events): void {
                $events->dispatch(new AmiEventReceived($event, $id));
            });
        }

        return $routes;
    }

    /** @return list<array{list<string>, string, array<string, mixed>}> */
    private function configured(): array
    {
        $routes = [];
        foreach ($this->settings->array('listen.events') as $name => $target) {
            $path = "ami.listen.events.$name";
            $where = is_array($target) ? $target['where'] ?? [] : [];
            $class = is_array($target) ? $target['dispatch'] ?? null : $target;
            if (!is_string($class) || !is_array($where)) {
                throw Settings::refused(
                    $path,
                    'it must be a class, or an array with "dispatch" => a class and "where" => headers',
                );
            }
            self::check($class, "config $path");
            $routes[] = [[(string) $name], $class, $where];
        }

        return $routes;
    }

    private static function check(string $class, string $where): void
    {
        if (
            !is_a($class, FromAmiEvent::class, allow_string: true)
            && !is_a($class, ShouldQueue::class, allow_string: true)
        ) {
            throw Settings::refused(
                $where,
                "$class is neither a " . FromAmiEvent::class . ' nor a job that ' . ShouldQueue::class . ' marks',
            );
        }
    }

    private static function label(string|Closure $target): string
    {
        if (is_string($target)) {
            return $target;
        }
        $function = new \ReflectionFunction($target);

        return (
            "{$function->getShortName()} in "
            . basename((string) $function->getFileName())
            . ":{$function->getStartLine()}"
        );
    }

    /** @return Closure(AmiEvent, string): void */
    private static function delivery(string|Closure $target, Dispatcher $events): Closure
    {
        return match (true) {
            $target instanceof Closure => static function (AmiEvent $event) use ($target): void {
                $target($event);
            },
            is_a($target, FromAmiEvent::class, allow_string: true) => static function (AmiEvent $event) use (
                $target,
                $events,
            ): void {
                $own = $target::fromAmi($event);
                if ($own !== null) {
                    $events->dispatch($own);
                }
            },
            default => static function (AmiEvent $event) use ($target): void {
                dispatch(new $target($event));
            },
        };
    }
}
