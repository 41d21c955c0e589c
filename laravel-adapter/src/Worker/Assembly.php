<?php

declare(strict_types=1);

namespace Apn\AmiClient\Laravel\Worker;

use Apn\AmiClient\AmiClientManager;
use Apn\AmiClient\AmiEvent;
use Apn\AmiClient\Laravel\Config\ServerSource;
use Apn\AmiClient\Laravel\Config\Settings;
use Apn\AmiClient\Laravel\Contracts\RemoteServers;
use Apn\AmiClient\Laravel\Queue\BufferedQueues;
use Apn\AmiClient\Laravel\Queue\JobBuffer;
use Apn\AmiClient\Laravel\Records\CacheRecords;
use Apn\AmiClient\Laravel\Records\Records;
use Apn\AmiClient\Laravel\Routing\EventRoutes;
use Apn\AmiClient\Laravel\Routing\Route;
use Illuminate\Contracts\Events\Dispatcher;
use Illuminate\Foundation\Application;
use Illuminate\Queue\Queue;
use Illuminate\Queue\QueueManager;
use Illuminate\Queue\SyncQueue;
use Illuminate\Support\Facades\Facade;
use Throwable;

/** Puts a worker together: what `ami:listen` was asked for, with what config/ami.php says. */
final readonly class Assembly
{
    public function __construct(
        private Application $app,
        private AmiClientManager $manager,
        private Settings $settings,
        private ServerSource $source,
        private EventRoutes $routes,
        private Records $records,
        private Dispatcher $events,
        private QueueManager $queues,
        private EventScope $scope,
    ) {}

    /**
     * @param \Closure(Throwable): void $report
     *
     * @throws ServerHeldException when a server is held by another worker
     */
    public function worker(ListenRequest $request, Output $output, \Closure $report): Worker
    {
        $report = new QuietReport($report);
        $this->refuseSyncQueues();
        $servers = new Servers(
            $this->manager,
            $this->source,
            $request->servers,
            static function (Throwable $refused) use ($output, $report): void {
                $output->note('error', $refused->getMessage());
                $report($refused);
            },
        );
        $factory = $this->settings->nullableString('redis') === null ? null : $this->app->make(PoolFactory::class);
        /** @var ?ServerPool $pool */
        $pool = null;
        $jobs = new JobBuffer(
            $this->queues,
            $this->settings->whole('queue.buffer_bytes', min: 65_536),
            static function (array $servers) use (&$pool): array {
                return $pool?->fences($servers) ?? [];
            },
            $this->events->dispatch(...),
            $report(...),
        );
        $statistics = new Statistics();
        $buffers = $factory?->sinks() ?? [];
        $own = new ApplicationSink($this->routes, $this->events, $jobs, $statistics, $this->scope);
        $sink = new Sinks([$own, ...$buffers]);
        $parts = new WorkerParts(
            Heartbeat::newId(),
            $this->manager,
            $this->settings,
            $this->records,
            $this->events,
            $request,
            $output,
            $report,
            $statistics,
            $servers,
            $sink,
            self::routes($sink, $request, $output),
        );
        $output->started($parts->id, $servers->keys(), $parts->routes);
        [$pool, $tasks] = $factory?->pool($parts) ?? [
            new FixedServers($parts, $this->app->make(CacheRecords::class)),
            [],
        ];
        $watch = new Watch(
            $this->manager,
            $pool->term(...),
            $sink->gap(...),
            $this->records,
            $this->events->dispatch(...),
            $this->settings,
            $output,
            $parts->id,
        );
        $worker = new Worker($parts, $pool);
        $worker->add(new Heartbeat($parts, $pool, $watch, $worker), $pool, ...$tasks);
        $worker->add($watch, $jobs, ...$buffers);
        if ($request->metrics !== null) {
            $worker->add(new MetricsEndpoint($request->metrics, new WorkerMetrics($parts, $pool)));
        }
        $notifySocket = (string) getenv('NOTIFY_SOCKET');
        if ($notifySocket !== '') {
            $worker->add(new SystemdNotifier($notifySocket));
        }
        $this->manager->onListenerError(static fn(Throwable $error) => $report($error));
        // Last: who fails above leaves no server taken and no queue replaced, and may try again.
        $pool->start();
        $this->collectJobs($jobs);
        $others = $factory === null ? null : $this->app->make(RemoteServers::class);
        $this->app->instance(RemoteServers::class, new OwnSessions($pool, $this->records, $others));

        return $worker;
    }

    /** Jobs that run at once would run in the worker, one after the other, with its sessions waiting. */
    private function refuseSyncQueues(): void
    {
        foreach ($this->routes->queued($this->events) as $label => $connection) {
            if ($this->queues->connection($connection) instanceof SyncQueue) {
                $connection ??= $this->queues->getDefaultDriver();
                throw Settings::refused(
                    "queue.connections.$connection",
                    "$label is queued, and the driver of this connection runs jobs at once, in the worker: set QUEUE_CONNECTION to redis or database and start queue:work",
                );
            }
        }
    }

    private function collectJobs(JobBuffer $jobs): void
    {
        Queue::createPayloadUsing(static function (mixed $connection, mixed $queue, array $payload) use ($jobs): array {
            $id = $jobs->idOf($payload['data']['command'] ?? null);

            return $id === null ? [] : ['ami' => $id];
        });
        $this->app->instance('queue', new BufferedQueues($this->queues, $jobs));
        Facade::clearResolvedInstance('queue');
    }

    /** @return list<Route> */
    private static function routes(Sink $sink, ListenRequest $request, Output $output): array
    {
        if ($request->events === []) {
            return $sink->routes();
        }
        $only = array_map(
            static fn(Route $route): Route => new Route(
                $request->events,
                $route->where,
                $route->label,
                static function (AmiEvent $event, string $id) use ($route): void {
                    if (Route::isNamed($event->name, $route->names)) {
                        ($route->deliver)($event, $id);
                    }
                },
            ),
            $sink->routes(),
        );

        return [...$only, new Route($request->events, [], 'the output', $output->event(...))];
    }
}
