<?php

declare(strict_types=1);

namespace Apn\AmiClient\Laravel\Events;

/** Between $from and $to events of this server may be missing: rebuild what you keep about it. In the order of the events around it. */
final readonly class AmiGap
{
    /**
     * @param float $from Unix time of the last event that surely came; 0 where nobody knows
     * @param float $to Unix time from which on nothing is missing
     * @param string $cause why the session ended (a DisconnectReason), or "dropped", "takeover", "handover", "bridge"
     * @param int $dropped events known to be lost; 0 where their number is not known
     */
    public function __construct(
        public string $server,
        public float $from,
        public float $to,
        public string $cause,
        public int $dropped = 0,
    ) {}
}
