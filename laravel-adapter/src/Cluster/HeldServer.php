<?php

declare(strict_types=1);

namespace Apn\AmiClient\Laravel\Cluster;

/** A server that this worker holds by a lease. */
final class HeldServer
{
    /** @param ?float $gapFrom Unix time from which on events may be missing, told once the session is Ready; null where none are */
    public function __construct(
        public readonly LeasedFeed $feed,
        public int $fence,
        public float $validUntil,
        public ?float $gapFrom = null,
        public string $gapCause = 'takeover',
    ) {}
}
