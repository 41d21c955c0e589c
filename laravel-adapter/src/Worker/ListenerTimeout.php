<?php

declare(strict_types=1);

namespace Apn\AmiClient\Laravel\Worker;

use Closure;

/** Ends a worker whose listener does not return, by the alarm of the process: nothing else of the worker runs then. */
final readonly class ListenerTimeout
{
    /** @param Closure(string): void $end told of the listener */
    public function __construct(
        private Statistics $statistics,
        private int $seconds,
        private Closure $end,
    ) {}

    public function arm(): void
    {
        if ($this->seconds === 0 || !extension_loaded('pcntl')) {
            return;
        }
        pcntl_async_signals(enable: true);
        pcntl_signal(SIGALRM, $this->check(...));
        pcntl_alarm($this->seconds);
    }

    public function disarm(): void
    {
        if ($this->seconds > 0 && extension_loaded('pcntl')) {
            pcntl_alarm(0);
        }
    }

    private function check(): void
    {
        $listener = $this->statistics->running;
        $left = $listener === null
            ? (float) $this->seconds
            : $this->statistics->runningSince + $this->seconds - Worker::now();
        if ($listener !== null && $left <= 0.0) {
            ($this->end)($listener);
        }
        pcntl_alarm(max(1, (int) ceil($left)));
    }
}
