<?php

declare(strict_types=1);

namespace Apn\AmiClient\Laravel\Cluster;

/** What Redis says of a server's holder. */
final readonly class Lease
{
    /**
     * @param bool $isHeld false where the lease ran out or was given back: then these are the last holder's
     * @param int $fence counts the holders of this server; 0 where there never was one
     * @param float $since Unix time
     * @param float $seen Unix time at which the holder last renewed it
     * @param float $written Unix time of the last event that went over the bridge; 0 where none did
     */
    public function __construct(
        public string $server,
        public bool $isHeld,
        public ?string $owner,
        public int $fence,
        public float $since,
        public float $seen,
        public float $written = 0.0,
    ) {}
}
