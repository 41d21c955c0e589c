<?php

declare(strict_types=1);

namespace Apn\AmiClient\Laravel\Queue;

use Illuminate\Queue\QueueManager;
use Illuminate\Queue\SyncQueue;

/**
 * The application's queues as a worker sees them: jobs are collected and pushed in bulk.
 *
 * It is put in the place of the queue manager for the life of the worker, so that queued listeners, jobs, broadcasts and
 * notifications all go this way.
 */
final class BufferedQueues extends QueueManager
{
    public function __construct(
        private readonly QueueManager $queues,
        private readonly JobBuffer $buffer,
    ) {
        parent::__construct($queues->getApplication());
    }

    /** @param \UnitEnum|string|null $name */
    public function connection($name = null)
    {
        $queue = $this->queues->connection($name);
        // What runs at once cannot wait.
        if ($this->buffer->isClosed || $queue instanceof SyncQueue) {
            return $queue;
        }

        $connection = $name instanceof \BackedEnum ? $name->value : $name;

        return new BufferedQueue($queue, $this->buffer, is_string($connection) ? $connection : null);
    }

    /** @param string $driver */
    public function addConnector($driver, \Closure $resolver)
    {
        $this->queues->addConnector($driver, $resolver);
    }

    /** @param string $driver */
    public function extend($driver, \Closure $resolver)
    {
        $this->queues->extend($driver, $resolver);
    }

    /**
     * @param string $method
     * @param array<array-key, mixed> $parameters
     */
    public function __call($method, $parameters)
    {
        return $this->connection()->$method(...$parameters);
    }
}
