<?php

declare(strict_types=1);

namespace Apn\AmiClient\Laravel\Events;

/** Events of this server reach their listeners late: the listeners are slower than the events. */
final readonly class AmiLagDetected
{
    public function __construct(
        public string $server,
        public float $lagSeconds,
        public int $queueDepth,
    ) {}
}
