<?php

declare(strict_types=1);

namespace Apn\AmiClient\Laravel\Worker;

use Apn\AmiClient\AmiClientManager;
use Apn\AmiClient\Laravel\Events\WorkerIdle;
use Apn\AmiClient\Laravel\Events\WorkerLooping;
use Apn\AmiClient\Laravel\Events\WorkerStarting;
use Apn\AmiClient\Laravel\Events\WorkerStopping;
use Apn\AmiClient\Laravel\Routing\Listeners;
use Illuminate\Contracts\Events\Dispatcher;
use Throwable;

/**
 * The loop of `ami:listen`. One turn of it runs the tasks that are due, then one tick, which waits for the next thing to
 * do. Nothing else waits, so an idle worker uses no CPU.
 *
 * Told to stop, the worker continues until its servers are given away or the time for that is over, then closes its sessions.
 */
final class Worker
{
    private const int PAUSED_MS = 250;
    private const float MEMORY_SECONDS = 1.0;
    /** A duty that failed is tried again after this. */
    private const float RETRY_SECONDS = 1.0;

    private ?StopReason $stopping = null;
    private ?float $drainUntil = null;
    private bool $paused = false;
    private bool $isIdle = false;
    private int $iterations = 0;
    private float $memoryDue = 0.0;

    /** @var array<int, float> when each duty is due */
    private array $due = [];

    /**
     * @param list<Task> $tasks
     * @param \Closure(Throwable): void $report
     */
    public function __construct(
        private readonly string $id,
        private readonly AmiClientManager $manager,
        private readonly ServerPool $pool,
        private readonly array $tasks,
        private readonly Statistics $statistics,
        private readonly WorkerOptions $options,
        private readonly ListenerTimeout $timeout,
        private readonly Dispatcher $events,
        private readonly \Closure $report,
    ) {}

    /** Seconds of a clock that only goes forward. */
    public static function now(): float
    {
        return hrtime(as_number: true) / 1e9;
    }

    /** Only sets a flag, so it may be called from a signal handler or a listener. The first reason stays. */
    public function stop(StopReason $reason): void
    {
        $this->stopping ??= $reason;
    }

    /**
     * Events wait in the bounded queues meanwhile, and actions in Redis until their deadline; the client's own thread keeps
     * the sessions alive.
     */
    public function pause(): void
    {
        $this->paused = true;
    }

    public function resume(): void
    {
        $this->paused = false;
    }

    public function isPaused(): bool
    {
        return $this->paused;
    }

    public function isStopping(): bool
    {
        return $this->stopping !== null;
    }

    public function run(): StopReason
    {
        $this->timeout->arm();
        $this->guarded(fn() => $this->events->dispatch(new WorkerStarting($this->id)));
        $began = self::now();
        $more = false;
        while (true) {
            $now = self::now();
            $dueAt = $this->turnTasks($now);
            $this->stopping ??= $this->reasonToStop($now, $began);
            $reason = $this->stopping;
            if ($reason !== null && $this->isDrained($now)) {
                return $this->ended($reason);
            }
            $this->tell(WorkerLooping::class);
            ++$this->iterations;
            $more = $this->round($more ? 0 : $this->waitMs($dueAt));
        }
    }

    private function ended(StopReason $reason): StopReason
    {
        $this->guarded(fn() => $this->events->dispatch(new WorkerStopping($this->id, $reason)));
        $this->finish();
        $this->timeout->disarm();

        return $reason;
    }

    /** A paused worker that is to end wakes up for that. */
    private function isResting(): bool
    {
        return $this->paused && $this->stopping === null;
    }

    private function round(int $waitMs): bool
    {
        if ($this->isResting()) {
            usleep(self::PAUSED_MS * 1_000);

            return false;
        }
        $tick = $this->manager->tick($waitMs);
        $this->wake($tick->hasProgress());
        $wasIdle = $this->isIdle;
        $this->isIdle = !$tick->hasProgress();
        if ($this->isIdle && !$wasIdle) {
            $this->tell(WorkerIdle::class);
        }

        return $tick->more;
    }

    private function wake(bool $hasProgress): void
    {
        foreach ($hasProgress ? $this->tasks : [] as $index => $task) {
            if ($task instanceof RunsAfterEvents) {
                $this->due[$index] = 0.0;
            }
        }
    }

    private function waitMs(float $dueAt): int
    {
        return (int) max(0, min($this->options->tickMs, ceil(($dueAt - self::now()) * 1_000)));
    }

    /** Gives the time at which the next duty is due. */
    private function turnTasks(float $now): float
    {
        $next = INF;
        foreach ($this->tasks as $index => $task) {
            if ($this->isResting() && $task instanceof SkippedWhilePaused) {
                continue;
            }
            if (($this->due[$index] ?? 0.0) <= $now) {
                $this->due[$index] = $now + self::RETRY_SECONDS;
                $this->guarded(function () use ($task, $index, $now): void {
                    $this->due[$index] = $task->turn($now);
                });
            }
            $next = min($next, $this->due[$index]);
        }

        return $next;
    }

    private function reasonToStop(float $now, float $began): ?StopReason
    {
        return match (true) {
            $this->options->once && $this->statistics->events > 0 => StopReason::Once,
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

    private function isDrained(float $now): bool
    {
        if ($this->drainUntil === null) {
            $this->drainUntil = $now + $this->options->drainSeconds;
            // The others are to see at once that this worker gives its servers away.
            $this->due = [];
        }
        if ($now >= $this->drainUntil) {
            return true;
        }
        $isDrained = false;
        $this->guarded(function () use ($now, &$isDrained): void {
            $isDrained = $this->pool->drain($now);
        });

        return $isDrained;
    }

    private function finish(): void
    {
        $now = self::now();
        // From the last to the first: while a worker is in its records it has not ended.
        foreach (array_reverse($this->tasks) as $task) {
            $this->guarded(static fn() => $task->finish($now));
        }
        // Where a duty failed over it.
        $this->manager->terminate($this->options->grace);
    }

    /** @param class-string $event made only where somebody listens: this is called in every turn */
    private function tell(string $event): void
    {
        if (Listeners::want($this->events, $event)) {
            // @mago-expect analysis:unknown-class-instantiation
            $this->guarded(fn() => $this->events->dispatch(new $event($this->id)));
        }
    }

    /** @param \Closure(): mixed $step */
    private function guarded(\Closure $step): void
    {
        try {
            $step();
        } catch (Throwable $error) {
            ($this->report)($error);
        }
    }
}
