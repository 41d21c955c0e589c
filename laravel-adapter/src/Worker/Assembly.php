<?php

declare(strict_types=1);

namespace Apn\AmiClient\Laravel\Worker;

use Apn\AmiClient\AmiClientManager;
use Apn\AmiClient\AmiEvent;
use Apn\AmiClient\Laravel\Config\ServerSource;
use Apn\AmiClient\Laravel\Config\Settings;
use Apn\AmiClient\Laravel\Queue\ApplicationSink;
use Apn\AmiClient\Laravel\Routing\EventRoutes;
use Apn\AmiClient\Laravel\Routing\Route;
use Illuminate\Foundation\Application;
use Illuminate\Queue\QueueManager;
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
        private QueueManager $queues,
    ) {}

    /**
     * @param \Closure(Throwable): void $report
     *
     * @throws ServerHeldException when a server is held by another worker
     */
    public function worker(ListenRequest $request, Output $output, \Closure $report): Worker
    {
        $report = new QuietReport($report);
        $this->routes->refuseSyncQueues($this->queues);
        $servers = new Servers($this->manager, $this->source, $request->servers, $output, $report);
        $statistics = new Statistics();
        $own = $this->app->make(ApplicationSink::class, ['statistics' => $statistics, 'report' => $report(...)]);
        /** @var iterable<int, Sink> $others */
        $others = $this->settings->nullableString('redis') === null ? [] : $this->app->tagged(Sink::class);
        $sinks = [$own, ...array_filter([...$others], static fn(Sink $sink): bool => $sink->routes() !== [])];
        $worker = $this->app->make(Worker::class, [
            'request' => $request,
            'output' => $output,
            'report' => $report,
            'statistics' => $statistics,
            'servers' => $servers,
            'sinks' => $sinks,
            'routes' => self::routes($sinks, $request, $output),
        ]);
        $output->started($worker->id, $servers->keys(), $worker->routes);
        $pool = $this->app->make(ServerPool::class, ['worker' => $worker]);
        $watch = $this->app->make(Watch::class, [
            'term' => static fn(string $server): ?string => ($pool->feeds()[$server] ?? null)?->term,
            'tellGap' => $worker->tellGap(...),
            'output' => $output,
            'worker' => $worker->id,
        ]);
        $worker->add(new Heartbeat($worker, $watch));
        $worker->hold($pool);
        $worker->add($watch, ...$sinks);
        if ($request->metrics !== null) {
            $worker->add(new MetricsEndpoint($request->metrics, new WorkerMetrics($worker)));
        }
        $notifySocket = (string) getenv('NOTIFY_SOCKET');
        if ($notifySocket !== '') {
            $worker->add(new SystemdNotifier($notifySocket));
        }
        $this->manager->onListenerError(static fn(Throwable $error) => $report($error));
        // Last: who fails above leaves no server taken and no queue replaced, and may try again.
        $pool->start();
        $own->collectJobs();
        $this->app->instance(ServerPool::class, $pool);
        $this->app->instance(Worker::class, $worker);

        return $worker;
    }

    /**
     * @param list<Sink> $sinks
     *
     * @return list<Route>
     */
    private static function routes(array $sinks, ListenRequest $request, Output $output): array
    {
        $routes = array_merge(...array_map(static fn(Sink $sink): array => $sink->routes(), $sinks));
        if ($request->events === []) {
            return $routes;
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
            $routes,
        );

        return [...$only, new Route($request->events, [], 'the output', $output->event(...))];
    }
}
