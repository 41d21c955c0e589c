<?php

declare(strict_types=1);

namespace React\EventLoop;

final class Loop
{
    private static ?LoopInterface $loop = null;

    public static function get(): LoopInterface
    {
        return self::$loop ??= new StreamSelectLoop();
    }
}
