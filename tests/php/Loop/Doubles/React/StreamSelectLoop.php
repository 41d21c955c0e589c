<?php

declare(strict_types=1);

namespace React\EventLoop;

use Apn\AmiClient\Tests\Loop\Doubles\SelectLoop;

final class StreamSelectLoop implements LoopInterface
{
    private readonly SelectLoop $loop;

    /** @var array<int, int> */
    private array $readers = [];

    public function __construct()
    {
        $this->loop = new SelectLoop();
    }

    public function addReadStream($stream, $listener): void
    {
        $this->readers[(int) $stream] = $this->loop->read($stream, static fn() => $listener($stream));
    }

    public function removeReadStream($stream): void
    {
        $this->loop->cancel($this->readers[(int) $stream] ?? 0);
    }

    public function addTimer($interval, $callback): TimerInterface
    {
        return new class($this->loop->timer($interval, $callback(...))) implements TimerInterface {
            public function __construct(
                public readonly int $id,
            ) {}
        };
    }

    public function cancelTimer(TimerInterface $timer): void
    {
        $this->loop->cancel($timer->id);
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
}
