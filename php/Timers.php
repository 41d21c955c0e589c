<?php

declare(strict_types=1);

namespace Apn\AmiClient;

/**
 * What a worker does every so many seconds beside its manager's run():
 *
 *     $timers = new Timers();
 *     $timers->every(60.0, $this->report(...));
 *     $ami->run(until: $timers);
 *
 * run() asks at least ten times a second, so a call comes a tenth of a second late at most, unless a listener takes longer. In an event loop of a
 * library use the loop's own timers.
 */
final class Timers
{
    /** @var array<int, array{float, float, callable(): mixed}> due time, interval and call */
    private array $timers = [];
    private int $last = 0;

    /** @var \Closure(): float */
    private readonly \Closure $clock;

    /** @param (\Closure(): float)|null $clock seconds that only grow; those of the machine where it is left out */
    public function __construct(?\Closure $clock = null)
    {
        $this->clock = $clock ?? static fn(): float => hrtime(true) / 1e9;
    }

    /**
     * Calls every so many seconds, the first time after so many. Calls that were missed are not made up for. What a call throws comes out of run().
     *
     * @param callable(): mixed $call
     *
     * @return \Closure(): void cancels it
     */
    public function every(float $seconds, callable $call): \Closure
    {
        if (!is_finite($seconds) || $seconds <= 0.0) {
            throw new \InvalidArgumentException("every {$seconds} s: must be a time above 0");
        }
        $id = ++$this->last;
        $this->timers[$id] = [($this->clock)() + $seconds, $seconds, $call];

        return function () use ($id): void {
            unset($this->timers[$id]);
        };
    }

    /** Makes the calls that are due. */
    public function __invoke(): bool
    {
        $now = ($this->clock)();
        foreach ($this->timers as $id => [$due, $seconds, $call]) {
            // A call before may have cancelled this one.
            if ($due > $now || !isset($this->timers[$id])) {
                continue;
            }
            $missed = floor(($now - $due) / $seconds);
            $this->timers[$id][0] = $due + ($seconds * ($missed + 1));
            $call();
        }

        // run() goes on until somebody stops it.
        return false;
    }
}
