<?php

declare(strict_types=1);

namespace React\EventLoop;

interface LoopInterface
{
    public function addReadStream($stream, $listener);

    public function removeReadStream($stream);

    public function addTimer($interval, $callback);

    public function cancelTimer(TimerInterface $timer);

    public function futureTick($listener);

    public function run();

    public function stop();
}
