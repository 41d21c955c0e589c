<?php

declare(strict_types=1);

namespace Apn\AmiClient\Laravel\Cluster;

use Apn\AmiClient\AmiClientManager;
use Apn\AmiClient\Laravel\Cluster\Remote\ActionQueue;
use Apn\AmiClient\Laravel\Cluster\Remote\Intake;
use Apn\AmiClient\Laravel\Cluster\Stream\StreamSink;
use Apn\AmiClient\Laravel\Cluster\Stream\StreamWriter;
use Apn\AmiClient\Laravel\Config\Settings;
use Apn\AmiClient\Laravel\Routing\EventRoutes;
use Apn\AmiClient\Laravel\Worker\PoolFactory;
use Apn\AmiClient\Laravel\Worker\WorkerParts;
use Illuminate\Contracts\Events\Dispatcher;

/** Puts together the part of a worker that speaks to other processes over Redis. */
final readonly class LeasedServersFactory implements PoolFactory
{
    public function __construct(
        private AmiClientManager $manager,
        private Settings $settings,
        private EventRoutes $routes,
        private Store $store,
        private RedisRecords $records,
        private Leases $leases,
        private Dispatcher $events,
    ) {}

    public function sinks(): array
    {
        if ($this->routes->readers() === [] && $this->settings->raw('stream.events') === null) {
            return [];
        }
        $writer = new StreamWriter($this->store, $this->settings);

        return [new StreamSink($writer, $this->routes, $this->events, $this->settings)];
    }

    public function pool(WorkerParts $parts): array
    {
        // Redis is to answer before anything is taken.
        $this->store->reach();
        $inbox = new Inbox($this->store, $parts->id);
        $held = new HeldServers(
            $this->manager,
            $parts->routes,
            $parts->statistics,
            $parts->sink,
            $parts->output,
            $this->settings->number('listen.grace'),
        );
        $handovers = new Handovers(
            $held,
            $this->leases,
            $inbox,
            $parts->sink,
            $parts->output,
            $this->settings->number('cluster.handover', min: 1.0),
        );
        $servers = new LeasedServers(
            $parts->id,
            $parts->request->isShared,
            $this->manager,
            $parts->servers,
            $this->leases,
            $held,
            $handovers,
            $inbox,
            $this->records,
            $parts->sink,
            $parts->output,
            $this->settings->number('listen.refresh', min: 0.1),
        );
        $poll = $this->settings->number('cluster.poll', min: 0.001);
        $intake = new Intake($parts->id, new ActionQueue($this->store), $held, $handovers, $poll, $parts->report);

        return [$servers, [$intake, $handovers]];
    }
}
