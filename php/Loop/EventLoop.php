<?php

declare(strict_types=1);

namespace Apn\AmiClient\Loop;

/** What a Bridge needs of an event loop. Every method that starts something returns how to stop it. */
interface EventLoop
{
    /**
     * Calls back in every turn of the loop in which the stream is readable.
     *
     * @param resource $stream
     * @param \Closure(): void $callback
     *
     * @return \Closure(): void
     */
    public function onReadable($stream, \Closure $callback): \Closure;

    /**
     * Calls back once, at the earliest in the loop's next turn.
     *
     * @param \Closure(): void $callback
     *
     * @return \Closure(): void
     */
    public function delay(int $milliseconds, \Closure $callback): \Closure;

    /**
     * Calls back as soon as the caller has returned to the loop, in the order of the calls. A callback that suspends its fiber holds nobody up.
     *
     * @param \Closure(): void $callback
     */
    public function queue(\Closure $callback): void;
}
