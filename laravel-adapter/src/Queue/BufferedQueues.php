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
        private readonly ApplicationSink $buffer,
    ) {
        parent::__construct($queues->getApplication());
    }

    /** @param \UnitEnum|string|null $name */
    public function connection($name = null)
    {
        return $this->buffer->isClosed ? $this->queues->connection($name) : parent::connection($name);
    }

    /** @param string $driver */
    public function addConnector($driver, \Closure $resolver)
    {
        $this->queues->addConnector($driver, $resolver);
    }

    /** @param string $name */
    protected function resolve($name)
    {
        $queue = $this->queues->connection($name);

        // What runs at once cannot wait.
        return $queue instanceof SyncQueue ? $queue : new BufferedQueue($queue, $this->buffer);
    }
}
