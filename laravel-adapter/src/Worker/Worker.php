<?php

declare(strict_types=1);

namespace Apn\AmiClient\Laravel\Worker;

use Apn\AmiClient\AmiClientManager;
use Apn\AmiClient\Laravel\Config\Settings;
use Apn\AmiClient\Laravel\Events\AmiGap;
use Apn\AmiClient\Laravel\Events\WorkerIdle;
use Apn\AmiClient\Laravel\Events\WorkerLooping;
use Apn\AmiClient\Laravel\Events\WorkerStarting;
use Apn\AmiClient\Laravel\Events\WorkerStopping;
use Apn\AmiClient\Laravel\Records\Records;
use Apn\AmiClient\Laravel\Routing\Listeners;
use Apn\AmiClient\Laravel\Routing\Route;

/**
 * The loop of `ami:listen`. One turn of it runs the tasks that are due, then one tick, which waits for the next thing to
 * do. Nothing else waits, so an idle worker uses no CPU.
 *
 * Told to stop, the worker continues until its servers are given away or the time for that is over, then closes its sessions.
 * Its tasks, its servers and its feeds find here what they share.
 */
final class Worker
{
    private const int PAUSED_US = 250_000;
    /** A task that failed is tried again after this. */
    private const float RETRY_SECONDS = 1.0;

    public readonly string $id;
    public private(set) ServerPool $pool;
    public private(set) ?StopReason $stopping = null;
    public private(set) bool $isPaused = false;
    private ?float $drainUntil = null;
    private bool $isIdle = false;
    private int $iterations = 0;

    /** @var list<Task> */
    private array $tasks = [];

    /** @var array<int, float> when each task is due */
    private array $due = [];

    /**
     * @param list<Sink> $sinks
     * @param list<Route> $routes
     */
    public function __construct(
        public readonly AmiClientManager $manager,
        public readonly Settings $settings,
        public readonly Records $records,
        public readonly ListenRequest $request,
        public readonly Output $output,
        public readonly QuietReport $report,
        public readonly Statistics $statistics,
        public readonly Servers $servers,
        public readonly array $sinks,
        public readonly array $routes,
    ) {
        $this->id = self::newId();
    }

    /** An id for a process: unique also where process ids are used again. */
    public static function newId(): string
    {
        $host = preg_replace('/[^A-Za-z0-9.-]/', '-', (string) gethostname());

        return "$host:" . getmypid() . ':' . bin2hex(random_bytes(2));
    }

    /** Seconds of a clock that only goes forward. */
    public static function now(): float
    {
        return hrtime(as_number: true) / 1e9;
    }

    public function hold(ServerPool $pool): void
    {
        $this->pool = $pool;
        $this->add($pool);
    }

    /** @param string $term under which the server is held */
    public function tellGap(AmiGap $gap, string $term): void
    {
        foreach ($this->sinks as $sink) {
            $sink->gap($gap, $term);
        }
    }

    /** Writes everything that waits in the sinks; false where one could not. */
    public function flush(): bool
    {
        return !in_array(false, array_map(static fn(Sink $sink): bool => $sink->flush(), $this->sinks), strict: true);
    }

    /** @return array<string, array{waiting: int, written: int, dropped: int, refused: int, away: bool}> by sink */
    public function sinkStatus(): array
    {
        return array_merge(...array_map(static fn(Sink $sink): array => $sink->status(), $this->sinks));
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
        $timeout = new ListenerTimeout($this);
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
            $more = $this->tick($more ? 0 : (int) max(0, min($this->request->tickMs, $wait)));
        }
    }

    /** A paused worker that is to end wakes up for that. */
    public function isResting(): bool
    {
        return $this->isPaused && $this->stopping === null;
    }

    private function tick(int $waitMs): bool
    {
        if ($this->isResting()) {
            usleep(self::PAUSED_US);

            return false;
        }
        $tick = $this->manager->tick($waitMs);
        $wasIdle = $this->isIdle;
        $this->isIdle = !$tick->hasProgress();
        if ($this->isIdle && !$wasIdle) {
            $this->tell(WorkerIdle::class);
        }
        foreach ($this->tasks as $index => $task) {
            if ($task instanceof Sink && (!$this->isIdle || $task->isBehind !== $tick->more)) {
                // What events left is looked at in the next turn, whenever it was due.
                $this->due[$index] = 0.0;
                $task->isBehind = $tick->more;
            }
        }

        return $tick->more;
    }

    /** Gives the time at which the next task is due. */
    private function turnTasks(float $now): float
    {
        $next = INF;
        foreach ($this->tasks as $index => $task) {
            if (($this->due[$index] ?? 0.0) <= $now) {
                $this->due[$index] = $now + self::RETRY_SECONDS;
                $this->report->guard(function () use ($task, $index, $now): void {
                    $this->due[$index] = $task->turn($now);
                });
            }
            $next = min($next, $this->due[$index]);
        }

        return $next;
    }

    private function reasonToStop(float $now, float $began): ?StopReason
    {
        $request = $this->request;

        return match (true) {
            $request->once && $this->statistics->events > 0 => StopReason::Once,
            $request->maxIterations > 0 && $this->iterations >= $request->maxIterations => StopReason::MaxIterations,
            $request->maxSeconds > 0 && ($now - $began) >= $request->maxSeconds => StopReason::MaxTime,
            default => null,
        };
    }

    private function isDrained(float $now): bool
    {
        if ($this->drainUntil === null) {
            $this->drainUntil = $now + $this->settings->number('cluster.handover');
            // The others are to see at once that this worker gives its servers away.
            $this->due = [];
        }
        $isDrained = $now >= $this->drainUntil;
        if (!$isDrained) {
            $this->report->guard(function () use ($now, &$isDrained): void {
                $isDrained = $this->pool->drain($now);
            });
        }

        return $isDrained;
    }

    private function finish(): void
    {
        $now = self::now();
        foreach (array_reverse($this->tasks) as $task) {
            $this->report->guard(static fn() => $task->finish($now));
        }
        // Last: while a worker is in its records it has not ended.
        $this->report->guard(fn() => $this->records->forget($this->id));
        // Where a task failed over it.
        $this->manager->terminate($this->settings->number('listen.grace'));
    }

    /** @param class-string $event made only where somebody listens: this is called in every turn */
    private function tell(string $event, mixed ...$more): void
    {
        if (Listeners::want($event)) {
            // @mago-expect analysis:unknown-class-instantiation
            $this->report->guard(fn() => event(new $event($this->id, ...$more)));
        }
    }
}
