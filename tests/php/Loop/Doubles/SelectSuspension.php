<?php

declare(strict_types=1);

namespace Apn\AmiClient\Tests\Loop\Doubles;

use Revolt\EventLoop\Suspension;

/** One pause of a fiber, or of the main program, which waits by running the loop. */
final class SelectSuspension implements Suspension
{
    private mixed $value = null;
    private ?\Throwable $error = null;

    public function __construct(
        private readonly SelectLoop $loop,
        private readonly ?\Fiber $fiber,
    ) {}

    public function resume(mixed $value = null): void
    {
        $this->value = $value;
        $this->wake();
    }

    public function throw(\Throwable $throwable): void
    {
        $this->error = $throwable;
        $this->wake();
    }

    public function suspend(): mixed
    {
        if ($this->fiber === null) {
            $this->loop->run();
        } else {
            \Fiber::suspend();
        }

        return $this->error === null ? $this->value : throw $this->error;
    }

    private function wake(): void
    {
        $fiber = $this->fiber;
        $this->loop->queue(
            $fiber === null
                ? $this->loop->stop(...)
                : static function () use ($fiber): void {
                    $fiber->resume();
                },
        );
    }
}
