<?php

declare(strict_types=1);

namespace Apn\AmiClient\Loop;

use Apn\AmiClient\AmiClientManager;
use Apn\AmiClient\AmiEvent;
use Apn\AmiClient\ConnectionState;
use Apn\AmiClient\DisconnectReason;
use Apn\AmiClient\Gap;
use Apn\AmiClient\Glob;
use Apn\AmiClient\Pending;
use Apn\AmiClient\Response;
use Apn\AmiClient\Subscription;

/**
 * Runs a manager in an event loop.
 *
 * The bridge calls tick() when the manager's stream is readable and when its next timer is due. An idle manager costs nothing. Listeners of the manager
 * itself run inside the tick, and one that suspends its fiber there keeps the tick open. Listeners of the bridge are queued in the loop instead. They may
 * suspend, await an action or throw. They start in the order of the events; a listener that suspends finishes after later ones.
 */
final class Bridge
{
    private bool $running = false;

    /** @var (\Closure(): void)|null */
    private ?\Closure $stopWatching = null;

    /** @var (\Closure(): void)|null */
    private ?\Closure $stopTimer = null;

    /** Monotonic time in milliseconds at which the current timer is due. */
    private float $timerDue = INF;

    private int $unfinished = 0;
    private int $dropped = 0;

    /**
     * @param int $unfinishedMax event listeners that may be queued or suspended at the same time; further events are dropped and counted
     * @param (\Closure(\Throwable): void)|null $onError gets the exceptions of listeners; without it they become warnings
     */
    public function __construct(
        private readonly AmiClientManager $manager,
        private readonly EventLoop $loop,
        private readonly int $unfinishedMax = 10_000,
        private readonly ?\Closure $onError = null,
    ) {}

    public function start(): void
    {
        if ($this->running) {
            return;
        }
        $this->running = true;
        $this->stopWatching = $this->loop->onReadable($this->manager->getStream(), $this->step(...));
        // Earlier calls of the manager may have set a timer.
        $this->arm(milliseconds: 0);
    }

    /** Stops watching the manager. Nothing is read or delivered until the next start(). */
    public function stop(): void
    {
        $this->running = false;
        $this->stopTimer();
        if ($this->stopWatching !== null) {
            ($this->stopWatching)();
            $this->stopWatching = null;
        }
    }

    /**
     * Like AmiClientManager::onEvent(), but the listener is queued in the loop.
     *
     * @param string|list<string> $names
     * @param callable(AmiEvent): void $listener
     * @param array<string, string|Glob|list<string|Glob>> $where
     */
    public function onEvent(string|array $names, callable $listener, array $where = []): Subscription
    {
        return $this->manager->onEvent(
            $names,
            function (AmiEvent $event) use ($listener): void {
                if ($this->unfinished < $this->unfinishedMax) {
                    $this->queue(static fn() => $listener($event));

                    return;
                }
                if ($this->dropped++ === 0) {
                    $this->report(
                        new \OverflowException(
                            "{$this->unfinishedMax} event listeners are unfinished: events are dropped, see Bridge::droppedEvents()",
                        ),
                    );
                }
            },
            $where,
        );
    }

    /** @param callable(string, ConnectionState, ConnectionState, ?DisconnectReason, string): void $listener */
    public function onStateChange(callable $listener): Subscription
    {
        return $this->manager->onStateChange(function (
            string $server,
            ConnectionState $from,
            ConnectionState $to,
            ?DisconnectReason $reason,
            string $detail,
        ) use ($listener): void {
            $this->queue(static fn() => $listener($server, $from, $to, $reason, $detail));
        });
    }

    /** @param callable(Gap): void $listener */
    public function onGap(callable $listener): Subscription
    {
        return $this->manager->onGap(function (Gap $gap) use ($listener): void {
            $this->queue(static fn() => $listener($gap));
        });
    }

    /** @param callable(?\Throwable, ?Response): void $callback */
    public function onComplete(Pending $pending, callable $callback): void
    {
        $pending->onComplete(function (?\Throwable $error, ?Response $response) use ($callback): void {
            $this->queue(static fn() => $callback($error, $response));
        });
    }

    /** Number of events dropped because too many listeners were unfinished. */
    public function droppedEvents(): int
    {
        return $this->dropped;
    }

    private function step(): void
    {
        $summary = $this->manager->tick(0);
        if ($this->running) {
            $this->arm($summary->more ? 0 : $this->manager->nextDeadlineMs());
        }
    }

    /** Sets the timer. An earlier timer is kept: deadlines mostly move to a later time, and an unnecessary tick costs less than a new timer. */
    private function arm(?int $milliseconds): void
    {
        $due = $milliseconds === null ? INF : (hrtime(true) / 1e6) + $milliseconds;
        if ($due >= $this->timerDue) {
            return;
        }
        $this->stopTimer();
        $this->timerDue = $due;
        $this->stopTimer = $this->loop->delay((int) $milliseconds, function (): void {
            $this->stopTimer = null;
            $this->timerDue = INF;
            $this->step();
        });
    }

    private function stopTimer(): void
    {
        if ($this->stopTimer !== null) {
            ($this->stopTimer)();
            $this->stopTimer = null;
        }
        $this->timerDue = INF;
    }

    /** @param \Closure(): mixed $call */
    private function queue(\Closure $call): void
    {
        ++$this->unfinished;
        $this->loop->queue(function () use ($call): void {
            try {
                $call();
            } catch (\Throwable $error) {
                $this->report($error);
            } finally {
                --$this->unfinished;
            }
        });
    }

    private function report(\Throwable $error): void
    {
        if ($this->onError !== null) {
            ($this->onError)($error);

            return;
        }
        trigger_error(
            sprintf(
                '%s in a listener: %s at %s:%d',
                $error::class,
                $error->getMessage(),
                $error->getFile(),
                $error->getLine(),
            ),
            E_USER_WARNING,
        );
    }
}
