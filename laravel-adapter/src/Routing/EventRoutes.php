<?php

declare(strict_types=1);

namespace Apn\AmiClient\Laravel\Routing;

use Apn\AmiClient\AmiEvent;
use Apn\AmiClient\Exception\InvalidConfigurationException;
use Apn\AmiClient\Laravel\Config\Settings;
use Apn\AmiClient\Laravel\Events\AmiEventReceived;
use Illuminate\Contracts\Queue\ShouldQueue;
use Illuminate\Queue\QueueManager;
use Illuminate\Queue\SyncQueue;

/** What the application wants to hear of Asterisk: Ami::on(), `ami.listen.events`, listeners of AmiEventReceived. */
final class EventRoutes
{
    /** @var list<Registration> */
    private array $registered = [];

    /** @var array<string, ReaderRoutes> */
    public private(set) array $readers = [];

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

    /**
     * The routes in force. What `ami.listen.events` maps to an event class counts while somebody listens to that class.
     *
     * @return list<Route>
     *
     * @throws InvalidConfigurationException naming the place where it was written
     */
    public function all(): array
    {
        $registrations = [...$this->registered, ...$this->configured()];
        $routes = array_map(static fn(Registration $one): Route => $one->route(), $registrations);
        if (Listeners::want(AmiEventReceived::class)) {
            $tell = static fn(AmiEvent $event, string $id): mixed => event(new AmiEventReceived($event, $id));
            $routes[] = new Route(['*'], [], 'listeners of AmiEventReceived', $tell);
        }

        return $routes;
    }

    /**
     * Jobs that run at once would run in the worker, one after the other, with its sessions waiting.
     *
     * @throws InvalidConfigurationException naming who pushes jobs there
     */
    public function refuseSyncQueues(QueueManager $queues): void
    {
        foreach ($this->queued() as $label => $connection) {
            if ($queues->connection($connection) instanceof SyncQueue) {
                $connection ??= $queues->getDefaultDriver();
                throw Settings::refused(
                    "queue.connections.$connection",
                    "$label is queued, and the driver of this connection runs jobs at once, in the worker: set QUEUE_CONNECTION to redis or database and start queue:work",
                );
            }
        }
    }

    /** @return array<string, ?string> queue connections that jobs are pushed to, by who does it; null for the default one */
    private function queued(): array
    {
        $queued = [];
        foreach ([...$this->registered, ...$this->configured()] as $registration) {
            $target = $registration->target();
            if ($target->isQueued()) {
                $queued[$target->label()] = $target->connection();
            }
            foreach ($target->isApplicationEvent() ? Listeners::classes($target->class) : [] as $class) {
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
        $isOutside = /** @param array{file?: string, ...} $frame */ static fn(array $frame): bool => (
            isset($frame['file'])
            && !str_starts_with($frame['file'], dirname(__DIR__) . '/')
            && !str_contains($frame['file'], '/Illuminate/')
        );
        /** @var ?array{file: string, line: int} $place */
        $place = array_find(debug_backtrace(DEBUG_BACKTRACE_IGNORE_ARGS, 12), $isOutside);

        return $place === null ? $call : "$call in " . basename($place['file']) . ":{$place['line']}";
    }

    /** @return list<Registration> */
    private function configured(): array
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
            if ($target->isWantedByItself() || Listeners::want($target->class)) {
                $registrations[] = $registration;
            }
        }

        return $registrations;
    }
}
