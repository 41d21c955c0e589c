<?php

declare(strict_types=1);

namespace Apn\AmiClient\Laravel\Worker;

/** Something a worker does between two ticks. What it throws is reported and does not stop the worker. */
interface Task
{
    /**
     * Called when it is due, and once at the start.
     *
     * @param float $now seconds of a clock that only goes forward
     *
     * @return float when it is due again
     */
    public function turn(float $now): float;

    /** Called once, before the sessions are closed. */
    public function finish(float $now): void;
}
