<?php

declare(strict_types=1);

namespace Apn\AmiClient\Tests\Loop;

use Apn\AmiClient\Loop\EventLoop;

/** An event loop that counts its callbacks. */
final class CountingLoop implements EventLoop
{
    public int $calls = 0;

    public function __construct(
        private readonly EventLoop $loop,
    ) {}

    public function onReadable($stream, \Closure $callback): \Closure
    {
        return $this->loop->onReadable($stream, $this->counted($callback));
    }

    public function delay(int $milliseconds, \Closure $callback): \Closure
    {
        return $this->loop->delay($milliseconds, $this->counted($callback));
    }

    public function queue(\Closure $callback): void
    {
        $this->loop->queue($this->counted($callback));
    }

    /** @param \Closure(): void $callback */
    private function counted(\Closure $callback): \Closure
    {
        return function () use ($callback): void {
            ++$this->calls;
            $callback();
        };
    }
}
