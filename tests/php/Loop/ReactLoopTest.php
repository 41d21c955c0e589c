<?php

declare(strict_types=1);

namespace Apn\AmiClient\Tests\Loop;

use Apn\AmiClient\Loop\EventLoop;
use Apn\AmiClient\Loop\ReactLoop;
use React\EventLoop\LoopInterface;
use React\EventLoop\StreamSelectLoop;

if (!interface_exists(LoopInterface::class)) {
    require_once __DIR__ . '/Doubles/react.php';
}

final class ReactLoopTest extends EventLoopContract
{
    private StreamSelectLoop $react;

    protected function setUp(): void
    {
        $this->react = new StreamSelectLoop();
    }

    protected function loop(): EventLoop
    {
        return new ReactLoop($this->react);
    }

    protected function runLoop(): void
    {
        $this->react->run();
    }
}
