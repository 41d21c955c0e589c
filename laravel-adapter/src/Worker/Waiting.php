<?php

declare(strict_types=1);

namespace Apn\AmiClient\Laravel\Worker;

/** One entry of a Sink. */
interface Waiting
{
    /** The server that it is of; null where it is of none. */
    public ?string $server { get; }
    /** Unix time of what it tells. */
    public float $at { get; }
    /** What it takes in memory. */
    public int $bytes { get; }
}
