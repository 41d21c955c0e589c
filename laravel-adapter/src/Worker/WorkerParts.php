<?php

declare(strict_types=1);

namespace Apn\AmiClient\Laravel\Worker;

use Apn\AmiClient\AmiClientManager;
use Apn\AmiClient\Laravel\Config\Settings;
use Apn\AmiClient\Laravel\Records\Records;
use Apn\AmiClient\Laravel\Routing\Route;
use Illuminate\Contracts\Events\Dispatcher;

/** What the parts of a worker share. */
final readonly class WorkerParts
{
    /** @param list<Route> $routes */
    public function __construct(
        public string $id,
        public AmiClientManager $manager,
        public Settings $settings,
        public Records $records,
        public Dispatcher $events,
        public ListenRequest $request,
        public Output $output,
        public QuietReport $report,
        public Statistics $statistics,
        public Servers $servers,
        public Sinks $sink,
        public array $routes,
    ) {}
}
