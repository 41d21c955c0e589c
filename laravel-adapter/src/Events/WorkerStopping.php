<?php

declare(strict_types=1);

namespace Apn\AmiClient\Laravel\Events;

use Apn\AmiClient\Laravel\Worker\StopReason;

/** A worker ends, its sessions still open. */
final readonly class WorkerStopping
{
    public function __construct(
        public string $worker,
        public StopReason $reason,
    ) {}
}
