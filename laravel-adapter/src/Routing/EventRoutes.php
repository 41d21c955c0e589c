<?php

declare(strict_types=1);

namespace Apn\AmiClient\Laravel\Routing;

use Apn\AmiClient\AmiEvent;
use Apn\AmiClient\Exception\InvalidConfigurationException;
use Apn\AmiClient\Laravel\Config\Settings;
use Apn\AmiClient\Laravel\Events\AmiEventReceived;
use Illuminate\Contracts\Events\Dispatcher;
use Illuminate\Contracts\Queue\ShouldQueue;

/** What the application wants to hear of Asterisk: Ami::on(), `ami.listen.events`, listeners of AmiEventReceived. */
final class EventRoutes
{
    /** @var list<Registration> */
    private array $registered = [];

    /** @var array<string, ReaderRoutes> */
    private array $readers = [];

    public function __construct(
        private readonly Settings $settings,
    ) {}

    public function on(mixed $names, mixed $target, mixed $where = []): void
    {
        $this->registered[] = new Registration($names, $target, $where, self::place('Ami::on()'));
    }

    public function reader(string $name): ReaderRoutes
    {
        return $this->readers[$name] ??= new ReaderRoutes($name);
    }

    /** @return array<string, ReaderRoutes> */
    public function readers(): array
    {
        return $this->readers;
    }

    /**
     * The routes in force. What `ami.listen.events` maps to an event class counts while somebody listens to that class.
     *
     * @return list<Route>
     *
     * @throws InvalidConfigurationException naming the place where it was written
     */
    public function all(Dispatcher $events): array
    {
        $routes = [];
        foreach ([...$this->registered, ...$this->configured($events)] as $registration) {
            $routes[] = $registration->route($events);
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

    /**
     * Queue connections that routes push jobs to; null for the default one.
     *
     * @return array<string, ?string> by who pushes there
     */
    public function queued(Dispatcher $events): array
    {
        $queued = [];
        foreach ([...$this->registered, ...$this->configured($events)] as $registration) {
            $target = $registration->target();
            if ($target->isQueued()) {
                $queued[$target->label()] = $target->connection();
            }
            foreach ($target->isApplicationEvent() ? Listeners::classes($events, $target->class) : [] as $class) {
                if (is_a($class, ShouldQueue::class, allow_string: true)) {
                    $queued[$class] = Target::of($class)?->connection();
                }
            }
        }

        return $queued;
    }

    /** The first call outside this package, for the message about what was written there. */
    public static function place(string $call): string
    {
        foreach (debug_backtrace(DEBUG_BACKTRACE_IGNORE_ARGS, 12) as $frame) {
            $file = $frame['file'] ?? '';
            if (
                $file !== ''
                && !str_starts_with($file, dirname(__DIR__) . '/')
                && !str_contains($file, '/Illuminate/')
            ) {
                return "$call in " . basename($file) . ':' . ($frame['line'] ?? 0);
            }
        }

        return $call;
    }

    /** @return list<Registration> */
    private function configured(Dispatcher $events): array
    {
        $registrations = [];
        foreach ($this->settings->array('listen.events') as $name => $to) {
            $path = "config ami.listen.events.$name";
            $class = is_array($to) ? $to['dispatch'] ?? null : $to;
            if (!is_string($class)) {
                throw new InvalidConfigurationException(
                    "$path: it must be a class, or an array with \"dispatch\" => a class and \"where\" => headers",
                );
            }
            $registration = new Registration($name, $class, is_array($to) ? $to['where'] ?? [] : [], $path);
            $target = $registration->target();
            if ($target->isWantedByItself() || Listeners::want($events, $target->class)) {
                $registrations[] = $registration;
            }
        }

        return $registrations;
    }
}
