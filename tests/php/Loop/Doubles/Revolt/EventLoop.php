<?php

declare(strict_types=1);

namespace Revolt;

use Apn\AmiClient\Tests\Loop\Doubles\SelectLoop;
use Apn\AmiClient\Tests\Loop\Doubles\SelectSuspension;
use Revolt\EventLoop\Suspension;

final class EventLoop
{
    private static ?SelectLoop $loop = null;

    /** @param resource $stream */
    public static function onReadable(mixed $stream, \Closure $closure): string
    {
        return self::started(static fn(\Closure $callback): int => self::loop()->read($stream, $callback), $closure, $stream);
    }

    public static function delay(float $delay, \Closure $closure): string
    {
        return self::started(static fn(\Closure $callback): int => self::loop()->timer($delay, $callback), $closure);
    }

    public static function repeat(float $interval, \Closure $closure): string
    {
        return self::started(
            static fn(\Closure $callback): int => self::loop()->timer($interval, $callback, repeats: true),
            $closure,
        );
    }

    public static function queue(\Closure $closure, mixed ...$args): void
    {
        self::loop()->queue(self::inFiber(static fn(): mixed => $closure(...$args)));
    }

    public static function cancel(string $callbackId): void
    {
        self::loop()->cancel((int) $callbackId);
    }

    public static function run(): void
    {
        self::loop()->run();
    }

    public static function getSuspension(): Suspension
    {
        return new SelectSuspension(self::loop(), \Fiber::getCurrent());
    }

    private static function loop(): SelectLoop
    {
        return self::$loop ??= new SelectLoop();
    }

    /** As the real one: a callback gets its id, and after that what else belongs to it. */
    private static function started(\Closure $start, \Closure $closure, mixed ...$arguments): string
    {
        $id = '';
        $id = (string) $start(self::inFiber(static function () use ($closure, $arguments, &$id): mixed {
            return $closure($id, ...$arguments);
        }));

        return $id;
    }

    /** @param \Closure(): mixed $closure */
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
