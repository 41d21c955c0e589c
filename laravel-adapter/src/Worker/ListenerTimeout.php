<?php

declare(strict_types=1);

namespace Apn\AmiClient\Laravel\Worker;

/** Kills a worker whose listener does not return, by the alarm of the process: nothing else of the worker runs then. */
final readonly class ListenerTimeout
{
    private int $seconds;

    public function __construct(
        private Worker $worker,
    ) {
        $this->seconds = extension_loaded('pcntl') ? $worker->request->timeout : 0;
    }

    public function arm(): void
    {
        if ($this->seconds > 0) {
            pcntl_async_signals(enable: true);
            pcntl_signal(SIGALRM, $this->check(...));
            pcntl_alarm($this->seconds);
        }
    }

    public function disarm(): void
    {
        if ($this->seconds > 0) {
            pcntl_alarm(0);
        }
    }

    private function check(): void
    {
        $statistics = $this->worker->statistics;
        $listener = $statistics->running;
        $left = $this->seconds - ($listener === null ? 0.0 : Worker::now() - $statistics->runningSince);
        if ($left <= 0.0) {
            $why = "$listener did not return within {$this->seconds} s (--timeout): the worker is killed";
            $this->worker->output->note('error', $why);
            // As queue:work does: what hangs may hang at the exit, too.
            posix_kill((int) getmypid(), SIGKILL);
        }
        pcntl_alarm(max(1, (int) ceil($left)));
    }
}
