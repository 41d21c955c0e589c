<?php

declare(strict_types=1);

namespace App;

use Apn\AmiClient\AmiEvent;
use Illuminate\Contracts\Queue\ShouldQueue;
use Illuminate\Support\Facades\Cache;

/** A queued listener as Laravel's documentation has them. */
final class QueuedListener implements ShouldQueue
{
    public string $queue = 'calls';
    public int $tries = 3;

    /** @var list<int> */
    public array $backoff = [1, 5];

    public function handle(AmiEvent $event, string $id): void
    {
        Cache::put("queued $id", $event->get('Channel'), 60);
    }
}
