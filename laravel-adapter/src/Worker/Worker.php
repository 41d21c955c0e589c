<?php

declare(strict_types=1);

namespace Apn\AmiClient\Laravel\Worker;

use Apn\AmiClient\AmiClientManager;
use Throwable;

/**
 * The loop of `ami:listen`. One turn of it is, in this order: the duties that are due, then one tick, which waits for
 * the next thing to do. Nothing else waits, so an idle worker uses no CPU.
 */
final class Worker
{
    private const int PAUSED_MS = 250;
    private const float MEMORY_SECONDS = 1.0;

    private ?StopReason $stopping = null;
    private bool $paused = false;
    private int $iterations = 0;
    private float $memoryDue = 0.0;

    /** @var array<int, float> when each duty is due */
    private array $due = [];

    /**
     * @param list<Duty> $duties
     * @param \Closure(Throwable): void $report
     */
    public function __construct(
        private readonly AmiClientManager $manager,
        private readonly WorkerOptions $options,
        private readonly array $duties,
        private readonly \Closure $report,
    ) {}

    public static function now(): float
    {
        return hrtime(as_number: true) / 1e9;
    }

    /** Only sets a flag, so it may be called from a signal handler or a listener. The first reason stays. */
    public function stop(StopReason $reason): void
    {
        $this->stopping ??= $reason;
    }

    /** Events wait in the bounded queues meanwhile; the sessions live on by the client's own thread. */
    public function pause(): void
    {
        $this->paused = true;
    }

    public function resume(): void
    {
        $this->paused = false;
    }

    public function run(): StopReason
    {
        $began = self::now();
        $more = false;
        while (true) {
            $now = self::now();
            $dueAt = $this->turnDuties($now);
            $reason = $this->reasonToStop($now, $began);
            if ($reason !== null) {
                break;
            }
            ++$this->iterations;
            $more = $this->round($more ? 0 : $this->waitMs($dueAt));
        }
        $this->finish();

        return $reason;
    }

    private function round(int $waitMs): bool
    {
        if ($this->paused) {
            usleep(self::PAUSED_MS * 1_000);

            return false;
        }

        return $this->manager->tick($waitMs)->more;
    }

    private function waitMs(float $dueAt): int
    {
        return max(0, min($this->options->tickMs, (int) ceil(($dueAt - self::now()) * 1_000)));
    }

    /** Gives the time at which the next duty is due. */
    private function turnDuties(float $now): float
    {
        $next = INF;
        foreach ($this->duties as $index => $duty) {
            if (($this->due[$index] ?? 0.0) <= $now) {
                $this->due[$index] = $now + 1.0;
                $this->guarded(function () use ($duty, $index, $now): void {
                    $this->due[$index] = $duty->turn($now);
                });
            }
            $next = min($next, $this->due[$index]);
        }

        return $next;
    }

    private function reasonToStop(float $now, float $began): ?StopReason
    {
        return match (true) {
            $this->stopping !== null => $this->stopping,
            $this->options->maxIterations > 0 && $this->iterations >= $this->options->maxIterations
                => StopReason::MaxIterations,
            $this->options->maxTime > 0 && ($now - $began) >= $this->options->maxTime => StopReason::MaxTime,
            $this->isAboveMemory($now) => StopReason::Memory,
            default => null,
        };
    }

    private function isAboveMemory(float $now): bool
    {
        if ($this->options->memoryBytesMax === 0 || $now < $this->memoryDue) {
            return false;
        }
        $this->memoryDue = $now + self::MEMORY_SECONDS;

        return ResidentMemory::bytes() > $this->options->memoryBytesMax;
    }

    private function finish(): void
    {
        foreach ($this->duties as $duty) {
            $this->guarded(static fn() => $duty->finish(self::now()));
        }
        $this->manager->terminate($this->options->grace);
    }

    /** @param \Closure(): void $step */
    private function guarded(\Closure $step): void
    {
        try {
            $step();
        } catch (Throwable $error) {
            ($this->report)($error);
        }
    }
}
