<?php

declare(strict_types=1);

namespace Apn\AmiClient\Laravel\Events;

/** A turn of the loop found nothing to do. Dispatched once until there is something again. */
final readonly class WorkerIdle
{
    public function __construct(
        public string $worker,
    ) {}
}
