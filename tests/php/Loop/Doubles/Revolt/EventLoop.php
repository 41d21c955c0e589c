<?php

declare(strict_types=1);

namespace Revolt;

use Apn\AmiClient\Tests\Loop\Doubles\SelectLoop;
use Revolt\EventLoop\Suspension;

final class EventLoop
{
    private static ?SelectLoop $loop = null;

    public static function getDriver(): SelectLoop
    {
        return self::$loop ??= new SelectLoop();
    }

    public static function onReadable(mixed $stream, \Closure $closure): string
    {
        return (string) self::getDriver()->read($stream, self::inFiber($closure));
    }

    public static function delay(float $delay, \Closure $closure): string
    {
        return (string) self::getDriver()->timer($delay, self::inFiber($closure));
    }

    public static function queue(\Closure $closure, mixed ...$args): void
    {
        self::getDriver()->queue(self::inFiber(static fn() => $closure(...$args)));
    }

    public static function cancel(string $callbackId): void
    {
        self::getDriver()->cancel((int) $callbackId);
    }

    public static function run(): void
    {
        self::getDriver()->run();
    }

    public static function getSuspension(): Suspension
    {
        return new class(self::getDriver(), \Fiber::getCurrent()) implements Suspension {
            private ?\Closure $outcome = null;

            public function __construct(
                private readonly SelectLoop $loop,
                private readonly ?\Fiber $fiber,
            ) {}

            public function resume(mixed $value = null): void
            {
                $this->end(static fn() => $value);
            }

            public function throw(\Throwable $throwable): void
            {
                $this->end(static fn() => throw $throwable);
            }

            public function suspend(): mixed
            {
                if ($this->fiber !== null) {
                    \Fiber::suspend();
                } else {
                    // Main waits by running the loop.
                    $this->loop->run();
                }

                return ($this->outcome ?? throw new \LogicException('the loop ended before the suspension'))();
            }

            private function end(\Closure $outcome): void
            {
                $this->outcome = $outcome;
                $this->loop->queue($this->fiber === null ? $this->loop->stop(...) : fn() => $this->fiber->resume());
            }
        };
    }

    private static function inFiber(\Closure $closure): \Closure
    {
        return static function () use ($closure): void {
            new \Fiber(static function () use ($closure): void {
                // As the real one: a result is a mistake.
                if ($closure() !== null) {
                    throw new \LogicException('a callback of the loop returned a result');
                }
            })->start();
        };
    }
}
