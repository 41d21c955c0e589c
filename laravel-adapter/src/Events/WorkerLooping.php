<?php

declare(strict_types=1);

namespace Apn\AmiClient\Laravel\Events;

/** A turn of the loop begins. */
final readonly class WorkerLooping
{
    public function __construct(
        public string $worker,
    ) {}
}
