<?php

declare(strict_types=1);

namespace Apn\AmiClient\Dialer;

/**
 * What a dialer knows of one server: its calls there, and whether it is to be left alone for a while.
 *
 * @internal of Dialer
 */
final class Server
{
    /** How long a server is left alone that refuses a call; twice as long each time it goes on to refuse. */
    public const float PAUSE_MIN = 1.0;
    public const float PAUSE_MAX = 60.0;

    public private(set) int $active = 0;

    /** Of the calls that are active those of which the server has not shown yet that it took them. */
    private int $unconfirmed = 0;

    /** Counts all calls of the dialer: which server had its turn longest ago. */
    public private(set) int $turn = 0;

    /** 0.0 where it took the last call. */
    private float $pause = 0.0;
    private float $refusedAt = -INF;

    public function __construct(
        private readonly ?int $activeMax,
        private readonly ?Rate $rate,
    ) {}

    public function hasRoom(float $now): bool
    {
        if ($this->activeMax !== null && $this->active >= $this->activeMax) {
            return false;
        }
        // After a pause one call shows whether the server takes calls again.
        if ($this->pause > 0.0 && ($this->unconfirmed > 0 || $now < ($this->refusedAt + $this->pause))) {
            return false;
        }

        return $this->rate === null || $this->rate->allows($now);
    }

    /** A call is tried. */
    public function note(int $turn, float $now): void
    {
        $this->turn = $turn;
        $this->rate?->note($now);
    }

    public function begin(): void
    {
        ++$this->active;
        ++$this->unconfirmed;
    }

    /**
     * The server took a call.
     *
     * @param Placed<mixed> $call
     */
    public function confirm(Placed $call): void
    {
        if (!$call->isConfirmed) {
            $call->isConfirmed = true;
            --$this->unconfirmed;
            $this->pause = 0.0;
        }
    }

    /** @param Placed<mixed> $call */
    public function end(Placed $call): void
    {
        --$this->active;
        $call->isConfirmed || --$this->unconfirmed;
    }

    /** The server refuses a call that was asked for at this moment. Several that were on their way at once count as one. */
    public function refuse(float $askedAt, float $now): void
    {
        if ($askedAt > $this->refusedAt) {
            $this->pause = min(self::PAUSE_MAX, max(self::PAUSE_MIN, 2 * $this->pause));
            $this->refusedAt = $now;
        }
    }
}
