<?php

declare(strict_types=1);

namespace Apn\AmiClient\Laravel\Cluster;

use Apn\AmiClient\Laravel\Cluster\Remote\ActionQueue;
use Apn\AmiClient\Laravel\Cluster\Remote\Intake;
use Apn\AmiClient\Laravel\Cluster\Stream\StreamWriter;
use Apn\AmiClient\Laravel\Config\Settings;
use Apn\AmiClient\Laravel\Routing\EventRoutes;
use Apn\AmiClient\Laravel\Worker\PoolFactory;
use Apn\AmiClient\Laravel\Worker\WorkerParts;
use Illuminate\Contracts\Foundation\Application;

/** Puts together the part of a worker that speaks to other processes over Redis. */
final readonly class LeasedServersFactory implements PoolFactory
{
    public function __construct(
        private Application $app,
        private Settings $settings,
        private EventRoutes $routes,
        private Store $store,
        private RedisRecords $records,
        private Leases $leases,
    ) {}

    public function sinks(): array
    {
        return (
            $this->routes->readers() === [] && $this->settings->raw('stream.events') === null
                ? []
                : [$this->app->make(StreamWriter::class)]
        );
    }

    public function pool(WorkerParts $worker): array
    {
        // Redis is to answer before anything is taken.
        $this->store->reach();
        $inbox = new Inbox($this->store, $worker->id);
        $held = new HeldServers($worker);
        $handovers = new Handovers($worker, $held, $this->leases, $inbox);
        $intake = new Intake($worker, new ActionQueue($this->store), $held, $handovers);

        return [
            new LeasedServers($worker, $this->leases, $held, $handovers, $inbox, $this->records),
            [$intake, $handovers],
        ];
    }
}
