<?php

declare(strict_types=1);

namespace Apn\AmiClient\Laravel\Routing;

use Apn\AmiClient\AmiEvent;
use Apn\AmiClient\Laravel\Contracts\FromAmiEvent;
use Closure;
use Illuminate\Contracts\Broadcasting\ShouldBroadcast;
use Illuminate\Contracts\Queue\ShouldQueue;
use Illuminate\Support\Reflector;
use ReflectionClass;
use ReflectionFunction;
use ReflectionFunctionAbstract;
use ReflectionMethod;
use ReflectionParameter;

/**
 * Who gets the events: a callable, a listener class as Laravel knows them, a job, or an event of the application.
 *
 * A class is looked at when the events are routed, so that a web request neither loads nor refuses it.
 */
final readonly class Target
{
    /**
     * @param ?Closure $callable null for a class
     * @param class-string|'' $class
     * @param string $method of the class; "" for the one that its kind has
     */
    private function __construct(
        private ?Closure $callable,
        public string $class = '',
        private string $method = '',
    ) {}

    /** @return ?self null where it is nothing that could be called */
    public static function of(mixed $target): ?self
    {
        if (is_string($target) && str_contains($target, '@')) {
            $target = explode('@', $target, 2);
        }

        return match (true) {
            $target instanceof Closure => new self($target),
            is_string($target) && function_exists($target) => new self($target(...)),
            is_string($target) => new self(null, $target),
            is_array($target) && is_string($target[0] ?? null) && is_string($target[1] ?? null) => new self(
                null,
                $target[0],
                $target[1],
            ),
            is_callable($target) => new self($target(...)),
            default => null,
        };
    }

    public function label(): string
    {
        if ($this->callable === null) {
            return $this->class . ($this->method === '' ? '' : "@{$this->method}");
        }
        $function = new ReflectionFunction($this->callable);

        return (
            ($function->isAnonymous() ? 'a closure' : $function->getShortName())
            . ' in '
            . basename((string) $function->getFileName())
            . ":{$function->getStartLine()}"
        );
    }

    /** Whether anything comes of an event that nobody listens to: it is broadcast, or it is no event of the application. */
    public function isWantedByItself(): bool
    {
        return !$this->isApplicationEvent() || is_a($this->class, ShouldBroadcast::class, allow_string: true);
    }

    public function isApplicationEvent(): bool
    {
        return $this->method === '' && is_a($this->class, FromAmiEvent::class, allow_string: true);
    }

    public function isQueued(): bool
    {
        return is_a($this->class, ShouldQueue::class, allow_string: true);
    }

    /** The queue connection that it names itself. */
    public function connection(): ?string
    {
        $defaults = class_exists($this->class) ? new ReflectionClass($this->class)->getDefaultProperties() : [];

        return is_string($defaults['connection'] ?? null) ? $defaults['connection'] : null;
    }

    /** Why events cannot go there; null where they can. */
    public function refusal(): ?string
    {
        $class = $this->class;
        if ($class === '' || $this->isApplicationEvent()) {
            return null;
        }
        if (!class_exists($class)) {
            return "there is no class $class";
        }
        if ($this->method !== '' && !method_exists($class, $this->method)) {
            return "$class has no method {$this->method}()";
        }

        return $this->method !== '' || $this->listenerMethod() !== null || $this->isJob()
            ? null
            : "$class takes no AmiEvent: a listener takes it in handle(), a job in its constructor, an event of yours is a "
            . FromAmiEvent::class;
    }

    /** @return Closure(AmiEvent, string): void */
    public function delivery(): Closure
    {
        [$function, $deliver] = $this->way();
        $parameters = $function?->getParameters() ?? [];
        $takesId = array_any($parameters, static fn(ReflectionParameter $one): bool => $one->getName() === 'id');

        return static function (AmiEvent $event, string $id) use ($deliver, $takesId): void {
            $takesId ? $deliver($event, id: $id) : $deliver($event);
        };
    }

    /** @return array{?ReflectionFunctionAbstract, Closure} what takes the event, and maybe its id, and how it is given them */
    private function way(): array
    {
        $class = $this->class;
        if ($this->callable !== null) {
            return [new ReflectionFunction($this->callable), $this->callable];
        }
        if ($this->isApplicationEvent()) {
            /** @var class-string<FromAmiEvent> $class */
            $tell = static function (mixed ...$arguments) use ($class): void {
                // The interface has the event alone: an implementation may add the id.
                // @mago-expect analysis:too-few-arguments
                $own = $class::fromAmi(...$arguments);
                if ($own !== null) {
                    event($own);
                }
            };

            return [new ReflectionMethod($class, 'fromAmi'), $tell];
        }
        $method = $this->method ?: $this->listenerMethod();
        if ($method === null) {
            $job = new ReflectionClass($class);

            return [
                $job->getConstructor(),
                static fn(mixed ...$arguments): mixed => dispatch($job->newInstanceArgs($arguments)),
            ];
        }
        // Laravel's own way to call a listener: out of the container, or as a queued job with its options.
        /** @var Closure $listener */
        $listener = app('events')->makeListener([$class, $method]);

        return [
            new ReflectionMethod($class, $method),
            static fn(mixed ...$arguments): mixed => $listener(AmiEvent::class, array_values($arguments)),
        ];
    }

    private function listenerMethod(): ?string
    {
        return array_find(
            ['handle', '__invoke'],
            fn(string $method): bool => (
                method_exists($this->class, $method) && self::takesEvent(new ReflectionMethod($this->class, $method))
            ),
        );
    }

    private function isJob(): bool
    {
        $class = $this->class;
        $constructor = new ReflectionClass($class)->getConstructor();

        return (
            (method_exists($class, 'handle') || method_exists($class, '__invoke'))
            && $constructor !== null
            && self::takesEvent($constructor, isUntypedEnough: true)
        );
    }

    private static function takesEvent(ReflectionFunctionAbstract $function, bool $isUntypedEnough = false): bool
    {
        $parameter = $function->getParameters()[0] ?? null;
        if ($parameter === null || $parameter->getType() === null) {
            return $isUntypedEnough && $parameter !== null;
        }

        return (string) $parameter->getType() === 'mixed'
        || array_any(Reflector::getParameterClassNames($parameter), static fn(string $class): bool => is_a(
            AmiEvent::class,
            $class,
            allow_string: true,
        ));
    }
}
