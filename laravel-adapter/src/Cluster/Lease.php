<?php

declare(strict_types=1);

namespace Apn\AmiClient\Laravel\Cluster;

/** What Redis has about a server's holder. */
final readonly class Lease
{
    /**
     * @param bool $isHeld false where the lease ran out or was given back: then these are the last holder's
     * @param int $fence grows with each holder of this server; 0 where there never was one
     * @param float $seen Unix time at which the holder last renewed it
     * @param string $address of the server, as its holder has it
     * @param ?string $before the holder before this one; null where Redis knows none
     */
    public function __construct(
        public string $server,
        public bool $isHeld,
        public ?string $owner,
        public int $fence,
        public float $seen = 0.0,
        public string $address = '',
        public ?string $before = null,
    ) {}
}
