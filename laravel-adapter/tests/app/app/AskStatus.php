<?php

declare(strict_types=1);

namespace App;

use Apn\AmiClient\GenericAction;
use Apn\AmiClient\Laravel\Facades\Ami;
use Illuminate\Contracts\Queue\ShouldQueue;

/** A job that sends an action: on the queue "sync" it runs in the listener that dispatches it. */
final class AskStatus implements ShouldQueue
{
    public function __construct(
        private readonly string $seen,
    ) {}

    public function handle(): void
    {
        $began = microtime(as_float: true);
        Ami::to('pbx1')->send(new GenericAction('CoreStatus'))->await(10.0);
        file_put_contents($this->seen, sprintf("%.1f\n", microtime(as_float: true) - $began), FILE_APPEND);
    }
}
