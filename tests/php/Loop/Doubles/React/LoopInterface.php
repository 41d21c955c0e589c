<?php

declare(strict_types=1);

namespace React\EventLoop;

interface LoopInterface
{
    /**
     * @param resource $stream
     * @param callable(resource): mixed $listener
     */
    public function addReadStream($stream, $listener): void;

    /** @param resource $stream */
    public function removeReadStream($stream): void;

    /**
     * @param int|float $interval seconds
     * @param callable(): mixed $callback
     */
    public function addTimer($interval, $callback): TimerInterface;

    /**
     * @param int|float $interval seconds
     * @param callable(): mixed $callback
     */
    public function addPeriodicTimer($interval, $callback): TimerInterface;

    public function cancelTimer(TimerInterface $timer): void;

    /** @param callable(): mixed $listener */
    public function futureTick($listener): void;

    public function run(): void;

    public function stop(): void;
}
