<?php

declare(strict_types=1);

namespace Apn\AmiClient\Laravel\Queue;

use Illuminate\Contracts\Queue\Queue;

/** A queue whose new jobs are collected first. Everything else is the queue's own. */
final class BufferedQueue implements Queue
{
    public function __construct(
        private readonly Queue $queue,
        private readonly JobBuffer $buffer,
        private readonly ?string $connection,
    ) {}

    /**
     * @param object|string $job
     * @param mixed $data
     * @param ?string $queue
     */
    public function push($job, $data = '', $queue = null)
    {
        $this->buffer->add($this->connection, $job, $data, $queue);

        return null;
    }

    /**
     * @param ?string $queue
     * @param object|string $job
     * @param mixed $data
     */
    public function pushOn($queue, $job, $data = '')
    {
        return $this->push($job, $data, $queue);
    }

    /**
     * @param \DateTimeInterface|\DateInterval|int $delay
     * @param object|string $job
     * @param mixed $data
     * @param ?string $queue
     */
    public function later($delay, $job, $data = '', $queue = null)
    {
        $this->buffer->add($this->connection, $job, $data, $queue, $delay);

        return null;
    }

    /**
     * @param ?string $queue
     * @param \DateTimeInterface|\DateInterval|int $delay
     * @param object|string $job
     * @param mixed $data
     */
    public function laterOn($queue, $delay, $job, $data = '')
    {
        return $this->later($delay, $job, $data, $queue);
    }

    /**
     * @param array<array-key, mixed> $jobs
     * @param mixed $data
     * @param ?string $queue
     */
    public function bulk($jobs, $data = '', $queue = null)
    {
        foreach ($jobs as $job) {
            $this->push($job, $data, $queue);
        }

        return null;
    }

    /**
     * @param string $payload
     * @param ?string $queue
     * @param array<array-key, mixed> $options
     */
    public function pushRaw($payload, $queue = null, array $options = [])
    {
        return $this->queue->pushRaw($payload, $queue, $options);
    }

    /** @param ?string $queue */
    public function size($queue = null)
    {
        return $this->queue->size($queue);
    }

    /** @param ?string $queue */
    public function pendingSize($queue = null)
    {
        return $this->queue->pendingSize($queue);
    }

    /** @param ?string $queue */
    public function delayedSize($queue = null)
    {
        return $this->queue->delayedSize($queue);
    }

    /** @param ?string $queue */
    public function reservedSize($queue = null)
    {
        return $this->queue->reservedSize($queue);
    }

    /** @param ?string $queue */
    public function creationTimeOfOldestPendingJob($queue = null)
    {
        return $this->queue->creationTimeOfOldestPendingJob($queue);
    }

    /** @param ?string $queue */
    public function pop($queue = null)
    {
        return $this->queue->pop($queue);
    }

    public function getConnectionName()
    {
        return $this->queue->getConnectionName();
    }

    /** @param string $name */
    public function setConnectionName($name)
    {
        $this->queue->setConnectionName($name);

        return $this;
    }

    /**
     * @param string $method
     * @param array<array-key, mixed> $parameters
     */
    public function __call($method, $parameters)
    {
        return $this->queue->$method(...$parameters);
    }
}
