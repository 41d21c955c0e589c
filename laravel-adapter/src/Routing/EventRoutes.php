<?php

declare(strict_types=1);

namespace Apn\AmiClient\Laravel\Routing;

use Apn\AmiClient\AmiEvent;
use Apn\AmiClient\Exception\InvalidConfigurationException;
use Apn\AmiClient\Glob;
use Apn\AmiClient\Laravel\Config\Settings;
use Apn\AmiClient\Laravel\Contracts\FromAmiEvent;
use Apn\AmiClient\Laravel\Events\AmiEventReceived;
use Closure;
use Illuminate\Contracts\Events\Dispatcher;
use Illuminate\Contracts\Queue\ShouldQueue;
use ReflectionClass;
use ReflectionFunction;
use ReflectionFunctionAbstract;
use ReflectionMethod;
use ReflectionParameter;

/** What the application wants to hear of Asterisk: Ami::on(), `ami.listen.events`, listeners of AmiEventReceived. */
final class EventRoutes
{
    /** @var list<array{list<string>, string|Closure, array<string, list<string|Glob>>}> */
    private array $registered = [];

    public function __construct(
        private readonly Settings $settings,
    ) {}

    /**
     * @param string|list<string> $names
     * @param class-string|callable(AmiEvent, string): void $target
     * @param array<string, string|int|Glob|list<string|int|Glob>> $where
     */
    public function on(string|array $names, string|callable $target, array $where = []): void
    {
        $target = is_string($target) ? $target : $target(...);
        if (is_string($target)) {
            self::check($target, 'Ami::on()');
        }
        $this->registered[] = [self::names((array) $names, 'Ami::on()'), $target, self::where($where, 'Ami::on()')];
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
                && !Listeners::want($events, $target)
            ) {
                continue;
            }
            $routes[] = new Route($names, $where, self::label($target), self::delivery($target, $events));
        }
        if (Listeners::want($events, AmiEventReceived::class)) {
            $routes[] = new Route(['*'], [], 'listeners of AmiEventReceived', static function (
                AmiEvent $event,
                string $id,
            ) use ($events): void {
                $events->dispatch(new AmiEventReceived($event, $id));
            });
        }

        return $routes;
    }

    /** @return list<array{list<string>, string, array<string, list<string|Glob>>}> */
    private function configured(): array
    {
        $routes = [];
        foreach ($this->settings->array('listen.events') as $name => $target) {
            $path = "config ami.listen.events.$name";
            $where = is_array($target) ? $target['where'] ?? [] : [];
            $class = is_array($target) ? $target['dispatch'] ?? null : $target;
            if (!is_string($class) || !is_array($where)) {
                throw self::refused(
                    $path,
                    'it must be a class, or an array with "dispatch" => a class and "where" => headers',
                );
            }
            self::check($class, $path);
            $routes[] = [self::names([$name], $path), $class, self::where($where, $path)];
        }

        return $routes;
    }

    private static function check(string $class, string $path): void
    {
        if (
            !is_a($class, FromAmiEvent::class, allow_string: true)
            && !is_a($class, ShouldQueue::class, allow_string: true)
        ) {
            throw self::refused(
                $path,
                class_exists($class)
                    ? "$class is neither a " . FromAmiEvent::class . ' nor a job that ' . ShouldQueue::class . ' marks'
                    : "there is no class $class",
            );
        }
    }

    /**
     * @param array<array-key, mixed> $names
     *
     * @return non-empty-list<string>
     */
    private static function names(array $names, string $path): array
    {
        $names = array_map(static fn(mixed $name): mixed => is_int($name) ? (string) $name : $name, $names);
        if ($names === [] || !array_all($names, static fn(mixed $name): bool => is_string($name) && $name !== '')) {
            throw self::refused($path, json_encode($names) . ' names no event: write such as Hangup or Queue*');
        }

        return array_values($names);
    }

    /**
     * The conditions as native code takes them: said here where they are written, not when a worker starts.
     *
     * @param array<array-key, mixed> $where
     *
     * @return array<string, non-empty-list<string|Glob>>
     */
    private static function where(array $where, string $path): array
    {
        $conditions = [];
        foreach ($where as $header => $wanted) {
            $values = array_map(
                static fn(mixed $value): mixed => is_int($value) ? (string) $value : $value,
                is_array($wanted) ? array_values($wanted) : [$wanted],
            );
            $isText = static fn(mixed $value): bool => is_string($value) || $value instanceof Glob;
            if (!is_string($header) || $values === [] || !array_all($values, $isText)) {
                throw self::refused(
                    $path,
                    "where has \"$header\" => "
                    . json_encode($wanted)
                    . ', must be a text, a whole number, a Glob, or a list of them',
                );
            }
            $conditions[$header] = $values;
        }

        return $conditions;
    }

    private static function refused(string $path, string $why): InvalidConfigurationException
    {
        return new InvalidConfigurationException("$path: $why");
    }

    private static function label(string|Closure $target): string
    {
        if (is_string($target)) {
            return $target;
        }
        $function = new ReflectionFunction($target);

        return (
            ($function->isAnonymous() ? 'a closure' : $function->getShortName())
            . ' in '
            . basename((string) $function->getFileName())
            . ":{$function->getStartLine()}"
        );
    }

    /** @return Closure(AmiEvent, string): void */
    private static function delivery(string|Closure $target, Dispatcher $events): Closure
    {
        if ($target instanceof Closure) {
            $more = self::arguments(new ReflectionFunction($target));

            return static function (AmiEvent $event, string $id) use ($target, $more): void {
                $target($event, ...$more($id));
            };
        }
        if (is_a($target, FromAmiEvent::class, allow_string: true)) {
            $more = self::arguments(new ReflectionMethod($target, 'fromAmi'));

            return static function (AmiEvent $event, string $id) use ($target, $events, $more): void {
                $own = $target::fromAmi($event, ...$more($id));
                if ($own !== null) {
                    $events->dispatch($own);
                }
            };
        }
        $more = self::arguments(new ReflectionClass($target)->getConstructor());

        return static function (AmiEvent $event, string $id) use ($target, $more): void {
            dispatch(new $target($event, ...$more($id)));
        };
    }

    /**
     * What goes to the target beside the event: the event's id, where a parameter has that name.
     *
     * @return Closure(string): array<string, string>
     */
    private static function arguments(?ReflectionFunctionAbstract $of): Closure
    {
        $takesId = array_any(
            $of?->getParameters() ?? [],
            static fn(ReflectionParameter $parameter): bool => $parameter->getName() === 'id',
        );

        return static fn(string $id): array => $takesId ? ['id' => $id] : [];
    }
}
