<?php

declare(strict_types=1);

namespace Apn\AmiClient\Laravel\Cluster;

use Apn\AmiClient\Laravel\Worker\RunsAfterEvents;

/** Keeps in Redis what is about to leave this worker while it hands a server over: before jobs and stream are written. */
final readonly class TailKeeper implements RunsAfterEvents
{
    private const float SECONDS = 1.0;

    public function __construct(
        private Handovers $handovers,
    ) {}

    public function turn(float $now): float
    {
        $this->handovers->saveTails();

        return $now + self::SECONDS;
    }

    public function finish(float $now): void {}
}
