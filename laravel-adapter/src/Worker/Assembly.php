<?php

declare(strict_types=1);

namespace Apn\AmiClient\Laravel\Worker;

use Apn\AmiClient\AmiClientManager;
use Apn\AmiClient\AmiEvent;
use Apn\AmiClient\Laravel\Config\ServerSource;
use Apn\AmiClient\Laravel\Config\Settings;
use Apn\AmiClient\Laravel\Contracts\RemoteServers;
use Apn\AmiClient\Laravel\Events\AmiGap;
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
    /** Seconds after which a worker that does not report counts as gone. */
    private const float RECORD_SECONDS = 10.0;

    public string $id;
    private Statistics $statistics;

    public function __construct(
        private Application $app,
        private AmiClientManager $manager,
        private Settings $settings,
        private ServerSource $source,
        private EventRoutes $routes,
        private Records $records,
        private Dispatcher $events,
    ) {
        $this->id = Heartbeat::newId();
        $this->statistics = new Statistics();
    }

    /**
     * @param \Closure(Throwable): void $report
     *
     * @throws ServerHeldException when a server is held by another worker
     */
    public function worker(ListenRequest $request, WorkerOptions $options, Output $output, \Closure $report): Worker
    {
        $quiet = new QuietReport($report);
        $report = static fn(Throwable $error) => $quiet($error);
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
        $pool = null;
        $jobs = $this->jobs(static function (array $terms) use (&$pool): array {
            return $pool instanceof ServerPool ? $pool->expired($terms) : [];
        }, $report);
        $own = new ApplicationSink(
            $this->routes,
            $this->events,
            $jobs,
            $this->statistics,
            new EventScope($this->app)->reset(...),
        );
        $sink = new Sinks([$own, ...($factory?->sinks() ?? [])]);
        $routes = $this->routes($sink, $request, $output);
        $output->started($this->id, $servers->keys(), $routes);

        $parts = new WorkerParts($this->id, $request, $servers, $routes, $this->statistics, $sink, $output, $report);
        [$pool, $tasks] = $factory?->pool($parts) ?? [$this->fixed($parts), []];
        $watch = new Watch(
            $this->manager,
            $pool->term(...),
            $sink->gap(...),
            $this->records,
            $this->events->dispatch(...),
            $this->settings,
            $output,
            $this->id,
        );
        $heartbeat = new Heartbeat(
            $this->id,
            $request->isShared ? 'cluster' : 'fixed',
            $this->manager,
            $pool,
            $watch,
            $this->statistics,
            $sink,
            $this->records,
            min(self::RECORD_SECONDS, $this->settings->number('cluster.lease', min: 0.5)),
        );
        $tasks = [$heartbeat, $pool, ...$tasks, $watch];
        foreach ($sink->sinks as $one) {
            if ($one instanceof Task) {
                $tasks[] = $one;
            }
        }
        $metricsAt = $request->metrics;
        if ($metricsAt !== null) {
            $metrics = new WorkerMetrics($this->manager, $pool, $this->statistics, $sink);
            $tasks[] = new MetricsEndpoint($metricsAt, $metrics);
        }
        $notifySocket = (string) getenv('NOTIFY_SOCKET');
        if ($notifySocket !== '') {
            $tasks[] = new SystemdNotifier($notifySocket);
        }
        $this->manager->onListenerError($report);
        $timeout = new ListenerTimeout($this->statistics, $options->timeout, $this->endHanging($output, $options));
        $worker = new Worker(
            $this->id,
            $this->manager,
            $pool,
            $tasks,
            $this->statistics,
            $options,
            $timeout,
            $this->events,
            $report,
        );
        $heartbeat->attach($worker);
        // Last: who fails above leaves no server taken.
        $owners = $pool->start($request->isForced);
        if ($owners !== []) {
            throw new ServerHeldException($owners);
        }
        $others = $factory === null ? null : $this->app->make(RemoteServers::class);
        $this->app->instance(RemoteServers::class, new OwnSessions($pool, $this->records, $others));

        return $worker;
    }

    /** Jobs that run at once would run in the worker, one after the other, with its sessions waiting. */
    private function refuseSyncQueues(): void
    {
        foreach ($this->routes->queued($this->events) as $label => $connection) {
            if ($this->queues()->connection($connection) instanceof SyncQueue) {
                $connection ??= $this->settings->queueConnection();
                throw Settings::refused(
                    "queue.connections.$connection",
                    "$label is queued, and the driver of this connection runs jobs at once, in the worker: set QUEUE_CONNECTION to redis or database and start queue:work",
                );
            }
        }
    }

    private function queues(): QueueManager
    {
        return $this->app->make(QueueManager::class);
    }

    /**
     * @param \Closure(array<string, list<string>>): list<string> $expired
     * @param \Closure(Throwable): void $report
     */
    private function jobs(\Closure $expired, \Closure $report): JobBuffer
    {
        $queues = $this->queues();
        $jobs = new JobBuffer(
            $queues,
            $this->settings->whole('queue.buffer_bytes', min: 65_536),
            $expired,
            fn(AmiGap $gap) => $this->events->dispatch($gap),
            $report,
        );
        Queue::createPayloadUsing(static function (mixed $connection, mixed $queue, array $payload) use ($jobs): array {
            $id = $jobs->idOf($payload['data']['command'] ?? null);

            return $id === null ? [] : ['ami' => $id];
        });
        $this->app->instance('queue', new BufferedQueues($queues, $jobs));
        Facade::clearResolvedInstance('queue');

        return $jobs;
    }

    /** @return \Closure(string): void */
    private function endHanging(Output $output, WorkerOptions $options): \Closure
    {
        return static function (string $listener) use ($output, $options): void {
            $output->note(
                'error',
                "$listener did not return within {$options->timeout} s (--timeout): the worker is killed",
            );
            // As queue:work does: what hangs may hang at the exit, too.
            posix_kill((int) getmypid(), SIGKILL);
        };
    }

    /** @return list<Route> */
    private function routes(Sink $sink, ListenRequest $request, Output $output): array
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

    private function fixed(WorkerParts $parts): FixedServers
    {
        return new FixedServers(
            $this->id,
            $this->manager,
            $parts->servers,
            $parts->routes,
            $this->statistics,
            $this->app->make(CacheRecords::class),
            $parts->output,
            bin2hex(random_bytes(4)),
            $this->settings->number('listen.refresh', min: 0.1),
            $this->settings->number('listen.grace'),
        );
    }
}
