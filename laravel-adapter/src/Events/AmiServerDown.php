<?php

declare(strict_types=1);

namespace Apn\AmiClient\Laravel\Events;

use Apn\AmiClient\DisconnectReason;

/** A server is away, for `ami.alerts.down` seconds already. */
final readonly class AmiServerDown
{
    public function __construct(
        public string $server,
        public ?DisconnectReason $reason,
        public string $detail,
        public float $downSeconds,
    ) {}
}
