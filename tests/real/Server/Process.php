<?php

declare(strict_types=1);

namespace Apn\AmiClient\Tests\Real\Server;

/** A child process whose output goes to a file. It ends with this process, however this process ends. */
final class Process
{
    /** @param resource $handle */
    private function __construct(
        private $handle,
        public readonly int $pid,
        public readonly string $log,
    ) {}

    /** @param list<string> $command */
    public static function start(array $command, string $log): self
    {
        $pipes = [];
        $nothing = fopen('/dev/null', 'r');
        $output = fopen($log, 'w');
        if ($nothing === false || $output === false) {
            throw new \RuntimeException("cannot write {$log}");
        }
        $handle = proc_open(
            // Every step uses exec, so the process keeps the id and is killed when this process ends.
            ['setpriv', '--pdeathsig', 'KILL', ...$command],
            [$nothing, $output, $output],
            $pipes,
        );
        if (!is_resource($handle)) {
            throw new \RuntimeException("cannot start {$command[0]}");
        }

        return new self($handle, proc_get_status($handle)['pid'], $log);
    }

    public function isRunning(): bool
    {
        return proc_get_status($this->handle)['running'];
    }

    /** Sends a signal. False if the process does not exist. */
    public function signal(int $signal): bool
    {
        return $this->isRunning() && posix_kill($this->pid, $signal);
    }

    /** Waits until all threads have stopped, because SIGSTOP does not stop them at the same moment. */
    public function pause(): void
    {
        $this->signal(SIGSTOP);
        while ($this->isRunning() && preg_match('/^State:\t[^Tt]/m', $this->threads()) === 1) {
            usleep(1_000);
        }
    }

    private function threads(): string
    {
        $statuses = glob("/proc/{$this->pid}/task/*/status") ?: [];

        return implode('', array_map(static fn(string $file): string => (string) @file_get_contents($file), $statuses));
    }

    public function awaitExit(float $seconds): bool
    {
        $deadline = microtime(true) + $seconds;
        while ($this->isRunning()) {
            if (microtime(true) > $deadline) {
                return false;
            }
            usleep(10_000);
        }

        return true;
    }

    public function output(): string
    {
        return (string) file_get_contents($this->log);
    }
}
