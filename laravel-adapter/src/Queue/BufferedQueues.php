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
    private ?JobBuffer $buffer = null;

    public function __construct(
        private readonly QueueManager $queues,
    ) {
        parent::__construct($queues->getApplication());
    }

    public function collectIn(JobBuffer $buffer): void
    {
        $this->buffer = $buffer;
    }

    /** @param \UnitEnum|string|null $name */
    public function connection($name = null)
    {
        $queue = $this->queues->connection($name);
        // What runs at once cannot wait.
        if ($this->buffer === null || $this->buffer->isClosed || $queue instanceof SyncQueue) {
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
