<?php

declare(strict_types=1);

namespace Apn\AmiClient\Laravel\Worker;

enum StopReason: string
{
    case Signal = 'signal';
    case Restart = 'restart';
    case Drain = 'drain';
    case Once = 'once';
    case MaxIterations = 'max_iterations';
    case MaxTime = 'max_time';
    case Memory = 'memory';
    case Failed = 'failed';

    /** As Laravel's own workers, so that one supervisor rule serves all. */
    public function exitCode(): int
    {
        return match ($this) {
            self::Memory => 12,
            self::Failed => 1,
            default => 0,
        };
    }
}
