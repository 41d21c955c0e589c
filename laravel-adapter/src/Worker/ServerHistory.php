<?php

declare(strict_types=1);

namespace Apn\AmiClient\Laravel\Worker;

use Apn\AmiClient\ConnectionState;
use Apn\AmiClient\DisconnectReason;

/** What a worker remembers of one server beside its health. */
final class ServerHistory
{
    private const float HOUR = 3_600.0;

    public ?DisconnectReason $lastReason = null;
    public string $lastDetail = '';
    public float $stateSince;
    public bool $isToldDown = false;
    public int $gaps = 0;
    public int $droppedTold = 0;

    /** When it was lost; null while it is Ready or was never. */
    private ?float $downSince = null;

    /** @var list<float> losses of the last hour */
    private array $flaps = [];

    /** @var array<string, float> */
    private array $toldAt = [];

    public function __construct(
        public readonly string $server,
    ) {
        $this->stateSince = microtime(as_float: true);
    }

    /** @param ?float $now null while the server is not this worker's: then it is no news whether it is up */
    public function enter(
        ConnectionState $from,
        ConnectionState $to,
        ?DisconnectReason $reason,
        string $detail,
        ?float $now,
    ): void {
        $this->stateSince = microtime(as_float: true);
        if ($reason !== null) {
            $this->lastReason = $reason;
            $this->lastDetail = $detail;
        }
        if ($to === ConnectionState::Ready || $now === null) {
            $this->downSince = null;
            $this->isToldDown = false;
        } elseif ($to === ConnectionState::Disconnected) {
            $this->downSince ??= $now;
            if ($from === ConnectionState::Ready) {
                $this->flaps[] = $now;
            }
        }
    }

    public function downSeconds(float $now): ?float
    {
        return $this->downSince === null ? null : $now - $this->downSince;
    }

    public function flapsOfTheHour(float $now): int
    {
        $this->flaps = array_values(array_filter(
            $this->flaps,
            static fn(float $at): bool => $at > ($now - self::HOUR),
        ));

        return count($this->flaps);
    }

    /** Whether $what may be told again. */
    public function mayTell(string $what, float $now, float $repeatSeconds): bool
    {
        if ($now < (($this->toldAt[$what] ?? -INF) + $repeatSeconds)) {
            return false;
        }
        $this->toldAt[$what] = $now;

        return true;
    }
}
