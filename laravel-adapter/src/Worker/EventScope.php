<?php

declare(strict_types=1);

namespace Apn\AmiClient\Laravel\Worker;

use Illuminate\Support\Facades\Facade;

/** What queue:work does before each job: scoped bindings, context and log context do not outlive an event. */
final class EventScope
{
    public static function reset(): void
    {
        $app = app();
        $log = $app->make('log');
        $log->flushSharedContext();
        if (method_exists($log, 'withoutContext')) {
            $log->withoutContext();
        }
        $app->forgetScopedInstances();
        Facade::clearResolvedInstances();
    }
}
