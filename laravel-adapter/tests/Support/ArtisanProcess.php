<?php

declare(strict_types=1);

namespace Apn\AmiClient\Laravel\Tests\Support;

use RuntimeException;

/** `php artisan ...` of an application, in a process of its own, which ends with the test. */
final class ArtisanProcess
{
    public readonly int $pid;
    public readonly string $outputFile;

    /** @var resource */
    private $process;
    private ?int $exitCode = null;

    /**
     * @param list<string> $arguments
     * @param array<string, string> $environment
     */
    public function __construct(Skeleton $application, array $arguments, array $environment = [])
    {
        $this->outputFile = "{$application->path}/storage/logs/artisan-" . bin2hex(random_bytes(4)) . '.out';
        $process = proc_open(
            [PHP_BINARY, "{$application->path}/artisan", ...$arguments],
            [['file', '/dev/null', 'r'], ['file', $this->outputFile, 'w'], ['file', $this->outputFile, 'a']],
            $pipes,
            $application->path,
            [...getenv(), 'APP_ENV' => 'production', ...$environment],
        );
        if ($process === false) {
            throw new RuntimeException('artisan does not start');
        }
        $this->process = $process;
        $this->pid = proc_get_status($process)['pid'];
        register_shutdown_function($this->kill(...));
    }

    public function output(): string
    {
        return (string) @file_get_contents($this->outputFile);
    }

    /** @return list<array<string, mixed>> the lines of its NDJSON, of one type where it is given */
    public function lines(?string $type = null): array
    {
        $lines = [];
        foreach (explode("\n", $this->output()) as $line) {
            $fields = json_decode($line, associative: true);
            if (is_array($fields) && ($type === null || ($fields['type'] ?? null) === $type)) {
                $lines[] = $fields;
            }
        }

        return $lines;
    }

    public function waitForOutput(string $text, float $seconds = Wait::SECONDS): self
    {
        Wait::until(
            fn(): bool => (
                str_contains($this->output(), $text)
                || !$this->isRunning() && !str_contains($this->output(), $text)
            ),
            fn(): string => "\"$text\" in:\n{$this->output()}",
            $seconds,
        );
        if (!str_contains($this->output(), $text)) {
            throw new RuntimeException("ended without \"$text\":\n{$this->output()}");
        }

        return $this;
    }

    public function signal(int $signal): self
    {
        posix_kill($this->pid, $signal);

        return $this;
    }

    /** As a suspended machine would: returns when it stands still. */
    public function stop(): self
    {
        $this->signal(SIGSTOP);
        Wait::until(
            fn(): bool => preg_match('/^State:\s+T/m', (string) file_get_contents("/proc/{$this->pid}/status")) === 1,
            "process {$this->pid} stands still",
        );

        return $this;
    }

    public function isRunning(): bool
    {
        return $this->exitCode === null && $this->poll();
    }

    public function wait(float $seconds = Wait::SECONDS): int
    {
        Wait::until(
            fn(): bool => !$this->isRunning(),
            fn(): string => "process {$this->pid} ends:\n{$this->output()}\n{$this->kernelView()}",
            $seconds,
        );

        return (int) $this->exitCode;
    }

    public function kill(): void
    {
        if ($this->isRunning()) {
            posix_kill($this->pid, SIGKILL);
            proc_close($this->process);
            $this->exitCode = 128 + SIGKILL;
        }
    }

    /** Where it stands, and what it does with signals: for a process that should have ended. */
    private function kernelView(): string
    {
        $status = (string) @file_get_contents("/proc/{$this->pid}/status");
        $call = (string) @file_get_contents("/proc/{$this->pid}/syscall");

        return implode("\n", [
            ...(preg_grep('/^(State|Threads|S[a-z]*(Pnd|Blk|Ign|Cgt)):/', explode("\n", $status)) ?: []),
            "syscall {$call}",
        ]);
    }

    private function poll(): bool
    {
        $status = proc_get_status($this->process);
        if (!$status['running']) {
            $this->exitCode = $status['signaled'] ? 128 + $status['termsig'] : $status['exitcode'];
        }

        return $status['running'];
    }
}
