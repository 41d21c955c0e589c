<?php

declare(strict_types=1);

namespace Apn\AmiClient\Dialer;

/**
 * How many calls may begin in a time: never more than so many in any second, and of many a tenth at once at most.
 *
 * @internal of Dialer
 */
final class Rate
{
    /** Of a clock whose seconds are a float. */
    private const float INACCURACY = 1e-6;

    private readonly int $inASecond;
    private readonly int $atOnce;

    /** @var list<float> when the last calls began, oldest first */
    private array $times = [];

    public function __construct(
        private readonly float $perSecond,
    ) {
        // Below one a second it is one in more than a second.
        $this->inASecond = max(1, (int) $perSecond);
        $this->atOnce = max(1, intdiv($this->inASecond, 10));
    }

    public function allows(float $now): bool
    {
        return $this->hasRoom($this->atOnce, $now) && $this->hasRoom($this->inASecond, $now);
    }

    /** A call begins. */
    public function note(float $now): void
    {
        $this->times[] = $now;
        if (count($this->times) > (2 * $this->inASecond)) {
            $this->times = array_slice($this->times, -$this->inASecond);
        }
    }

    /** Whether the last so many calls took as long as so many have to. */
    private function hasRoom(int $calls, float $now): bool
    {
        $first = $this->times[count($this->times) - $calls] ?? -INF;

        return ($now - $first) >= (($calls / $this->perSecond) - self::INACCURACY);
    }
}
