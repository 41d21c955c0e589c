<?php

declare(strict_types=1);

namespace Apn\AmiClient;

/**
 * Calls functions at intervals while a manager's run() is running:
 *
 *     $timers = new Timers();
 *     $timers->every(60.0, $this->report(...));
 *     $ami->run(until: $timers);
 *
 * run() checks the timers at least ten times a second, so a call is at most a tenth of a second late, unless a listener takes longer. In an event loop
 * of another library, use the timers of that loop.
 */
final class Timers
{
    /** @var array<int, array{float, float, callable(): mixed}> due time, interval and call */
    private array $timers = [];
    private int $last = 0;

    /** @var \Closure(): float */
    private readonly \Closure $clock;

    /** @param (\Closure(): float)|null $clock monotonic time in seconds; null means hrtime() */
    public function __construct(?\Closure $clock = null)
    {
        $this->clock = $clock ?? static fn(): float => hrtime(true) / 1e9;
    }

    /**
     * Registers a call. The first call comes after $seconds. Missed calls are skipped. An exception of $call is thrown by run().
     *
     * @param callable(): mixed $call
     *
     * @return \Closure(): void cancels the timer
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

    /** Makes the calls that are due. Returns false, so that run() goes on. */
    public function __invoke(): bool
    {
        $now = ($this->clock)();
        foreach ($this->timers as $id => [$due, $seconds, $call]) {
            // An earlier call may have cancelled this timer.
            if ($due > $now || !isset($this->timers[$id])) {
                continue;
            }
            $missed = floor(($now - $due) / $seconds);
            $this->timers[$id][0] = $due + ($seconds * ($missed + 1));
            $call();
        }

        // run() goes on until stop() is called.
        return false;
    }
}
