<?php

declare(strict_types=1);

namespace React\EventLoop;

use Apn\AmiClient\Tests\Loop\Doubles\SelectLoop;

final class StreamSelectLoop implements LoopInterface
{
    private readonly SelectLoop $loop;

    /** @var array<int, int> */
    private array $readers = [];

    /** @var \WeakMap<TimerInterface, int> */
    private \WeakMap $timers;

    public function __construct()
    {
        $this->loop = new SelectLoop();
        $this->timers = new \WeakMap();
    }

    public function addReadStream($stream, $listener): void
    {
        $this->readers[get_resource_id($stream)] = $this->loop->read($stream, static fn(): mixed => $listener($stream));
    }

    public function removeReadStream($stream): void
    {
        $this->loop->cancel($this->readers[get_resource_id($stream)] ?? 0);
    }

    public function addTimer($interval, $callback): TimerInterface
    {
        $timer = $this->newTimer((float) $interval);
        $this->timers[$timer] = $this->loop->timer((float) $interval, static fn(): mixed => $callback());

        return $timer;
    }

    public function addPeriodicTimer($interval, $callback): TimerInterface
    {
        $timer = $this->newTimer((float) $interval);
        $callback = static fn(): mixed => $callback();
        $this->timers[$timer] = $this->loop->timer((float) $interval, $callback, repeats: true);

        return $timer;
    }

    public function cancelTimer(TimerInterface $timer): void
    {
        $this->loop->cancel($this->timers[$timer] ?? 0);
    }

    public function futureTick($listener): void
    {
        $this->loop->queue($listener(...));
    }

    public function run(): void
    {
        $this->loop->run();
    }

    public function stop(): void
    {
        $this->loop->stop();
    }

    private function newTimer(float $interval): TimerInterface
    {
        return new class($interval) implements TimerInterface {
            public function __construct(
                private readonly float $interval,
            ) {}

            public function getInterval(): float
            {
                return $this->interval;
            }
        };
    }
}
