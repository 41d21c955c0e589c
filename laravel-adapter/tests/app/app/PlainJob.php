<?php

declare(strict_types=1);

namespace App;

use Apn\AmiClient\AmiEvent;
use Illuminate\Foundation\Bus\Dispatchable;

/** A job that is not queued: it runs where it is dispatched. */
final class PlainJob
{
    use Dispatchable;

    public function __construct(
        private readonly AmiEvent $event,
    ) {}

    public function handle(): void
    {
        PlainListener::$heard[] = "job {$this->event->name}";
    }
}
