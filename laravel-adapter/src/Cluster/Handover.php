<?php

declare(strict_types=1);

namespace Apn\AmiClient\Laravel\Cluster;

/** One server on its way to or from another worker. */
final class Handover
{
    public ?LeasedFeed $feed = null;
    /** The successor has told the owner that it is Ready, or that it cannot log in. */
    public bool $isTold = false;

    public function __construct(
        public readonly string $server,
        public readonly string $other,
        public readonly float $startedAt,
    ) {}
}
