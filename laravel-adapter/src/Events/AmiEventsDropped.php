<?php

declare(strict_types=1);

namespace Apn\AmiClient\Laravel\Events;

/** Events of this server were lost to a full queue. */
final readonly class AmiEventsDropped
{
    /** @param int $dropped since the last time this was told */
    public function __construct(
        public string $server,
        public int $dropped,
        public int $total,
    ) {}
}
