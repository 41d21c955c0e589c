<?php

declare(strict_types=1);

namespace Apn\AmiClient\Laravel\Worker;

use Apn\AmiClient\Laravel\Events\WorkerIdle;
use Apn\AmiClient\Laravel\Events\WorkerLooping;
use Apn\AmiClient\Laravel\Events\WorkerStarting;
use Apn\AmiClient\Laravel\Events\WorkerStopping;
use Apn\AmiClient\Laravel\Routing\Listeners;

/**
 * The loop of `ami:listen`. One turn of it runs the tasks that are due, then one tick, which waits for the next thing to
 * do. Nothing else waits, so an idle worker uses no CPU.
 *
 * Told to stop, the worker continues until its servers are given away or the time for that is over, then closes its sessions.
 */
final class Worker
{
    private const int PAUSED_US = 250_000;
    private const float MEMORY_SECONDS = 1.0;
    /** A task that failed is tried again after this. */
    private const float RETRY_SECONDS = 1.0;

    public private(set) ?StopReason $stopping = null;
    private ?float $drainUntil = null;
    public private(set) bool $isPaused = false;
    private bool $isIdle = false;
    private int $iterations = 0;
    private float $memoryDue = 0.0;

    /** @var list<Task> */
    private array $tasks = [];

    /** @var array<int, float> when each task is due */
    private array $due = [];

    public function __construct(
        private readonly WorkerParts $parts,
        private readonly ServerPool $pool,
    ) {}

    /** Seconds of a clock that only goes forward. */
    public static function now(): float
    {
        return hrtime(as_number: true) / 1e9;
    }

    public function add(Task ...$tasks): void
    {
        $this->tasks = [...$this->tasks, ...array_values($tasks)];
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
    public function pause(bool $isPaused = true): void
    {
        $this->isPaused = $isPaused;
    }

    public function run(): StopReason
    {
        $timeout = new ListenerTimeout($this->parts);
        $timeout->arm();
        $this->tell(WorkerStarting::class);
        $began = self::now();
        $more = false;
        while (true) {
            $now = self::now();
            $dueAt = $this->turnTasks($now);
            $reason = $this->stopping ??= $this->reasonToStop($now, $began);
            if ($reason !== null && $this->isDrained($now)) {
                $this->tell(WorkerStopping::class, $reason);
                $this->finish();
                $timeout->disarm();

                return $reason;
            }
            $this->tell(WorkerLooping::class);
            ++$this->iterations;
            $wait = ceil(($dueAt - self::now()) * 1_000);
            $more = $this->tick($more ? 0 : (int) max(0, min($this->parts->request->tickMs, $wait)));
        }
    }

    /** A paused worker that is to end wakes up for that. */
    private function isResting(): bool
    {
        return $this->isPaused && $this->stopping === null;
    }

    private function tick(int $waitMs): bool
    {
        if ($this->isResting()) {
            usleep(self::PAUSED_US);

            return false;
        }
        $tick = $this->parts->manager->tick($waitMs);
        $wasIdle = $this->isIdle;
        $this->isIdle = !$tick->hasProgress();
        if ($this->isIdle && !$wasIdle) {
            $this->tell(WorkerIdle::class);
        }
        // What events left is looked at in the next turn, whenever it was due.
        foreach ($this->isIdle ? [] : $this->tasks as $index => $task) {
            if ($task instanceof WriteBuffer) {
                $this->due[$index] = 0.0;
            }
        }

        return $tick->more;
    }

    /** Gives the time at which the next task is due. */
    private function turnTasks(float $now): float
    {
        $next = INF;
        foreach ($this->tasks as $index => $task) {
            if ($this->isResting() && $task instanceof SkippedWhilePaused) {
                continue;
            }
            if (($this->due[$index] ?? 0.0) <= $now) {
                $this->due[$index] = $now + self::RETRY_SECONDS;
                $this->parts->report->guard(function () use ($task, $index, $now): void {
                    $this->due[$index] = $task->turn($now);
                });
            }
            $next = min($next, $this->due[$index]);
        }

        return $next;
    }

    private function reasonToStop(float $now, float $began): ?StopReason
    {
        $request = $this->parts->request;

        return match (true) {
            $request->once && $this->parts->statistics->events > 0 => StopReason::Once,
            $request->maxIterations > 0 && $this->iterations >= $request->maxIterations => StopReason::MaxIterations,
            $request->maxSeconds > 0 && ($now - $began) >= $request->maxSeconds => StopReason::MaxTime,
            $this->isAboveMemory($now) => StopReason::Memory,
            default => null,
        };
    }

    private function isAboveMemory(float $now): bool
    {
        $max = $this->parts->request->memoryBytesMax;
        if ($max === 0 || $now < $this->memoryDue) {
            return false;
        }
        $this->memoryDue = $now + self::MEMORY_SECONDS;

        return ResidentMemory::bytes() > $max;
    }

    private function isDrained(float $now): bool
    {
        if ($this->drainUntil === null) {
            $this->drainUntil = $now + $this->parts->settings->number('cluster.handover');
            // The others are to see at once that this worker gives its servers away.
            $this->due = [];
        }
        $isDrained = $now >= $this->drainUntil;
        if (!$isDrained) {
            $this->parts->report->guard(function () use ($now, &$isDrained): void {
                $isDrained = $this->pool->drain($now);
            });
        }

        return $isDrained;
    }

    private function finish(): void
    {
        $now = self::now();
        // From the last to the first: while a worker is in its records it has not ended.
        foreach (array_reverse($this->tasks) as $task) {
            $this->parts->report->guard(static fn() => $task->finish($now));
        }
        // Where a task failed over it.
        $this->parts->manager->terminate($this->parts->settings->number('listen.grace'));
    }

    /** @param class-string $event made only where somebody listens: this is called in every turn */
    private function tell(string $event, mixed ...$more): void
    {
        if (Listeners::want($this->parts->events, $event)) {
            // @mago-expect analysis:unknown-class-instantiation
            $this->parts->report->guard(fn() => $this->parts->events->dispatch(new $event($this->parts->id, ...$more)));
        }
    }
}
