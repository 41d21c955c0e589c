<?php

declare(strict_types=1);

namespace Apn\AmiClient\Tests\Loop\Doubles;

/** A small event loop, which the stand-in for ReactPHP uses. */
final class SelectLoop
{
    /** @var array<int, array{resource, \Closure(): void}> */
    private array $readers = [];

    /** @var array<int, array{float, \Closure(): void, ?float}> when it is due, what to do, and when again */
    private array $timers = [];

    /** @var list<\Closure(): void> */
    private array $queue = [];

    private int $ids = 0;
    private bool $stopped = false;

    /** Number of times that the loop woke up. */
    public int $turns = 0;

    /** @param resource $stream */
    public function read($stream, \Closure $callback): int
    {
        $this->readers[++$this->ids] = [$stream, $callback];

        return $this->ids;
    }

    public function timer(float $seconds, \Closure $callback, bool $repeats = false): int
    {
        $this->timers[++$this->ids] = [microtime(true) + $seconds, $callback, $repeats ? $seconds : null];

        return $this->ids;
    }

    public function queue(\Closure $callback): void
    {
        $this->queue[] = $callback;
    }

    public function cancel(int $id): void
    {
        unset($this->readers[$id], $this->timers[$id]);
    }

    public function stop(): void
    {
        $this->stopped = true;
    }

    /** Runs until stop(), or until nothing is left to wait for. */
    public function run(): void
    {
        $this->stopped = false;
        while (!$this->stopped && ($this->readers !== [] || $this->timers !== [] || $this->queue !== [])) {
            ++$this->turns;
            $this->runQueue();
            if (!$this->stopped) {
                $this->wait();
                $this->runTimers();
            }
        }
    }

    private function runQueue(): void
    {
        for ($left = count($this->queue); $left > 0 && !$this->stopped; --$left) {
            $callback = array_shift($this->queue);
            $callback === null ?: $callback();
        }
    }

    private function wait(): void
    {
        $dues = array_column($this->timers, 0);
        $until = $this->queue !== []
            ? 0.0
            : max(0.0, ($dues === [] ? microtime(true) + 60 : min($dues)) - microtime(true));
        $read = array_map(static fn(array $reader) => $reader[0], $this->readers);
        $write = $except = null;
        if ($read === []) {
            usleep(max(0, (int) ($until * 1e6)));

            return;
        }
        if (stream_select($read, $write, $except, (int) $until, (int) (fmod($until, 1) * 1e6)) > 0) {
            foreach (array_keys($read) as $id) {
                isset($this->readers[$id]) && $this->readers[$id][1]();
                $this->runQueue();
            }
        }
    }

    private function runTimers(): void
    {
        foreach ($this->timers as $id => [$due, $callback, $again]) {
            if ($due > microtime(true) || !isset($this->timers[$id])) {
                continue;
            }
            if ($again === null) {
                unset($this->timers[$id]);
            } else {
                $this->timers[$id][0] = $due + $again;
            }
            $callback();
            $this->runQueue();
        }
    }
}
