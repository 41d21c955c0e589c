<?php

declare(strict_types=1);

namespace Apn\AmiClient\Laravel\Worker;

use Apn\AmiClient\AmiClientManager;
use Apn\AmiClient\AmiEvent;
use Apn\AmiClient\Laravel\Bridge\StreamSink;
use Apn\AmiClient\Laravel\Bridge\StreamStatus;
use Apn\AmiClient\Laravel\Bridge\StreamWriter;
use Apn\AmiClient\Laravel\Cluster\Agent;
use Apn\AmiClient\Laravel\Cluster\Handovers;
use Apn\AmiClient\Laravel\Cluster\Holdings;
use Apn\AmiClient\Laravel\Cluster\Leases;
use Apn\AmiClient\Laravel\Cluster\Post;
use Apn\AmiClient\Laravel\Config\ServerSource;
use Apn\AmiClient\Laravel\Config\Settings;
use Apn\AmiClient\Laravel\Records\Records;
use Apn\AmiClient\Laravel\Redis\Store;
use Apn\AmiClient\Laravel\Remote\ActionQueue;
use Apn\AmiClient\Laravel\Remote\Intake;
use Apn\AmiClient\Laravel\Routing\EventRoutes;
use Apn\AmiClient\Laravel\Routing\Route;
use Illuminate\Contracts\Events\Dispatcher;

/** Puts a worker together: what `ami:listen` was asked for, with what config/ami.php says. */
final readonly class Assembly
{
    /** Seconds after which a worker without Redis counts as gone. */
    private const float RECORD_SECONDS = 10.0;

    public string $id;
    private Tally $tally;

    public function __construct(
        private AmiClientManager $manager,
        private Settings $settings,
        private ServerSource $source,
        private EventRoutes $routes,
        private Store $store,
        private Records $records,
        private Dispatcher $events,
    ) {
        $this->id = Heartbeat::newId();
        $this->tally = new Tally();
    }

    /**
     * @param \Closure(\Throwable): void $report
     *
     * @throws LeasedException when a server is held by another worker
     */
    public function worker(ListenRequest $request, WorkerOptions $options, Output $output, \Closure $report): Worker
    {
        $writer = $request->isBridged ? new StreamWriter($this->store, $this->settings) : null;
        $sink = $writer === null
            ? new LocalSink($this->routes, $this->events)
            : new StreamSink($writer, $this->routes, $this->events, $this->settings);
        $routes = $this->routes($sink, $request, $output);
        $servers = new Servers($this->manager, $this->source, $request->servers);
        $output->started($this->id, $servers->keys(), $routes);

        $duties = [];
        if (!$this->isLeased()) {
            $holder = $this->fixed($servers, $routes);
        } else {
            [$holder, $intake] = $this->leased($request, $servers, $routes, $sink, $output, $report);
            $duties[] = $intake;
        }
        $watch = new Watch(
            $this->manager,
            $holder,
            $sink,
            $this->records,
            $this->events->dispatch(...),
            $this->settings,
            $output,
            $this->id,
        );
        $heartbeat = $this->heartbeat($request, $holder, $watch, $writer);
        if ($holder instanceof Agent) {
            $holder->attach($heartbeat);
        }
        array_unshift($duties, $heartbeat, $holder);
        $duties[] = $watch;
        if ($sink instanceof Duty) {
            $duties[] = $sink;
        }
        if ($request->metrics !== null) {
            $stream = $this->isLeased() ? new StreamStatus($this->store, $this->settings) : null;
            $metrics = new WorkerMetrics($this->manager, $holder, $this->tally, $writer, $stream);
            $duties[] = new MetricsEndpoint($request->metrics, $metrics);
        }
        $this->manager->onListenerError($report);
        $worker = new Worker(
            $this->id,
            $this->manager,
            $holder,
            $duties,
            $this->tally,
            $options,
            $this->events,
            new QuietReport($report),
        );
        $heartbeat->attach($worker);
        if ($holder instanceof Agent) {
            // Last: who fails above leaves no lease behind.
            $this->takeFixed($holder, $request);
        }

        return $worker;
    }

    private function isLeased(): bool
    {
        return $this->settings->nullableString('redis') !== null;
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

    /** @param list<Route> $routes */
    private function fixed(Servers $servers, array $routes): FixedFeeds
    {
        return new FixedFeeds(
            $this->manager,
            $servers,
            $routes,
            $this->tally,
            bin2hex(random_bytes(4)),
            $this->settings->number('listen.refresh', min: 0.1),
            $this->settings->number('listen.grace'),
        );
    }

    /**
     * @param list<Route> $routes
     *
     * @return array{Agent, Intake}
     */
    private function leased(
        ListenRequest $request,
        Servers $servers,
        array $routes,
        Sink $sink,
        Output $output,
        \Closure $report,
    ): array {
        $leases = new Leases($this->store, $this->settings);
        $post = new Post($this->store, $this->id);
        $holdings = new Holdings(
            $this->manager,
            $routes,
            $this->tally,
            $sink,
            $output,
            $this->settings->number('listen.grace'),
        );
        $handovers = new Handovers(
            $holdings,
            $leases,
            $post,
            $sink,
            $output,
            $this->settings->number('cluster.handover', min: 1.0),
        );
        $agent = new Agent(
            $this->id,
            $request->isShared,
            $this->manager,
            $servers,
            $leases,
            $holdings,
            $handovers,
            $post,
            $this->records,
            $sink,
            $output,
            $this->settings->number('listen.refresh', min: 0.1),
        );
        $poll = $this->settings->number('cluster.poll_ms', min: 1.0) / 1_000;

        return [
            $agent,
            new Intake($this->id, new ActionQueue($this->store), $holdings, $handovers, $poll, $report),
        ];
    }

    private function heartbeat(ListenRequest $request, Holder $holder, Watch $watch, ?StreamWriter $writer): Heartbeat
    {
        $isLeased = $holder instanceof Agent;

        return new Heartbeat(
            $this->id,
            $request->isShared ? 'cluster' : 'fixed',
            $this->manager,
            $holder,
            $watch,
            $this->tally,
            $writer,
            $this->records,
            $isLeased ? new Leases($this->store, $this->settings)->seconds() : self::RECORD_SECONDS,
        );
    }

    private function takeFixed(Agent $agent, ListenRequest $request): void
    {
        $owners = $request->isShared ? [] : $agent->take($request->isForced);
        if ($owners !== []) {
            throw new LeasedException($owners);
        }
    }
}
