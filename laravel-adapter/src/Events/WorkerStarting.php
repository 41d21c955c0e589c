<?php

declare(strict_types=1);

namespace Apn\AmiClient\Laravel\Events;

/** A worker begins, with its servers not opened yet. */
final readonly class WorkerStarting
{
    public function __construct(
        public string $worker,
    ) {}
}
