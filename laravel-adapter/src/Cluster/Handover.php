<?php

declare(strict_types=1);

namespace Apn\AmiClient\Laravel\Cluster;

use Apn\AmiClient\Laravel\Worker\Feed;

/** One server on its way to or from another worker. */
final class Handover
{
    public ?Feed $feed = null;
    /** The successor told the owner that it is Ready, or that it cannot be. */
    public bool $isTold = false;

    /** @param float $until when it is given up */
    public function __construct(
        public readonly string $server,
        public readonly string $other,
        public readonly float $startedAt,
        public readonly float $until,
    ) {}
}
