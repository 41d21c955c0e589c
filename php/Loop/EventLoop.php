<?php

declare(strict_types=1);

namespace Apn\AmiClient\Loop;

/** The functions of an event loop that a Bridge needs. onReadable() and delay() return a closure that stops them. */
interface EventLoop
{
    /**
     * Calls $callback in every turn of the loop in which the stream is readable.
     *
     * @param resource $stream
     * @param \Closure(): void $callback
     *
     * @return \Closure(): void
     */
    public function onReadable($stream, \Closure $callback): \Closure;

    /**
     * Calls $callback once after the time, at the earliest in the loop's next turn.
     *
     * @param \Closure(): void $callback
     *
     * @return \Closure(): void
     */
    public function delay(int $milliseconds, \Closure $callback): \Closure;

    /**
     * Calls $callback as soon as the caller has returned to the loop. Callbacks start in the order of queue() calls. One that suspends its fiber does not
     * delay the others.
     *
     * @param \Closure(): void $callback
     */
    public function queue(\Closure $callback): void;
}
