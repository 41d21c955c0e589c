<?php

declare(strict_types=1);

namespace Apn\AmiClient\Laravel\Worker;

use Illuminate\Foundation\Application;
use Illuminate\Support\Facades\Facade;

/** What queue:work does before each job: scoped bindings, context and log context do not outlive an event. */
final readonly class EventScope
{
    public function __construct(
        private Application $app,
    ) {}

    public function reset(): void
    {
        $log = $this->app->make('log');
        $log->flushSharedContext();
        if (method_exists($log, 'withoutContext')) {
            $log->withoutContext();
        }
        $this->app->forgetScopedInstances();
        Facade::clearResolvedInstances();
    }
}
