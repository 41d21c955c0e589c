<?php

declare(strict_types=1);

namespace Apn\AmiClient\Laravel\Queue;

use Illuminate\Contracts\Queue\Queue as Contract;
use Illuminate\Queue\Queue;

/** A queue whose new jobs are collected first. Everything else is the queue's own. */
final class BufferedQueue extends Queue implements Contract
{
    public function __construct(
        private readonly Contract $queue,
        private readonly ApplicationSink $buffer,
    ) {
        $this->connectionName = $queue->getConnectionName();
    }

    public function push($job, $data = '', $queue = null): mixed
    {
        $this->buffer->add($this->connectionName, $job, $data, $queue);

        return null;
    }

    public function later($delay, $job, $data = '', $queue = null): mixed
    {
        $this->buffer->add($this->connectionName, $job, $data, $queue, $delay);

        return null;
    }

    public function pushRaw($payload, $queue = null, array $options = []): mixed
    {
        return $this->queue->pushRaw($payload, $queue, $options);
    }

    public function pop($queue = null): mixed
    {
        return $this->queue->pop($queue);
    }

    public function size($queue = null): mixed
    {
        return $this->queue->size($queue);
    }

    public function pendingSize($queue = null): mixed
    {
        return $this->queue->pendingSize($queue);
    }

    public function delayedSize($queue = null): mixed
    {
        return $this->queue->delayedSize($queue);
    }

    public function reservedSize($queue = null): mixed
    {
        return $this->queue->reservedSize($queue);
    }

    public function creationTimeOfOldestPendingJob($queue = null): mixed
    {
        return $this->queue->creationTimeOfOldestPendingJob($queue);
    }

    /** @param array<array-key, mixed> $parameters */
    public function __call(string $method, array $parameters): mixed
    {
        return $this->queue->$method(...$parameters);
    }
}
