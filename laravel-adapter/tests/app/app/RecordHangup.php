<?php

declare(strict_types=1);

namespace App;

use Apn\AmiClient\AmiEvent;
use Illuminate\Contracts\Queue\ShouldQueue;
use Illuminate\Support\Facades\Cache;

/** Keeps the channel that hung up. */
final class RecordHangup implements ShouldQueue
{
    public function __construct(
        public AmiEvent $event,
    ) {}

    public function handle(): void
    {
        Cache::put('hung up', [$this->event->get('Channel'), $this->event->receivedAt], 60);
    }
}
