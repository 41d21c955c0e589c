<?php

declare(strict_types=1);

namespace Apn\AmiClient\Laravel\Queue;

use Illuminate\Contracts\Queue\Queue;

/** A queue whose new jobs are collected first. Everything else is the queue's own. */
final readonly class BufferedQueue implements Queue
{
    public function __construct(
        private Queue $queue,
        private JobBuffer $buffer,
        private ?string $connection,
    ) {}

    public function push(mixed $job, mixed $data = '', mixed $queue = null): mixed
    {
        $this->buffer->add($this->connection, $job, $data, $queue);

        return null;
    }

    public function pushOn(mixed $queue, mixed $job, mixed $data = ''): mixed
    {
        return $this->push($job, $data, $queue);
    }

    public function later(mixed $delay, mixed $job, mixed $data = '', mixed $queue = null): mixed
    {
        $this->buffer->add($this->connection, $job, $data, $queue, $delay);

        return null;
    }

    public function laterOn(mixed $queue, mixed $delay, mixed $job, mixed $data = ''): mixed
    {
        return $this->later($delay, $job, $data, $queue);
    }

    public function bulk(mixed $jobs, mixed $data = '', mixed $queue = null): mixed
    {
        foreach ($jobs as $job) {
            $this->push($job, $data, $queue);
        }

        return null;
    }

    public function pushRaw(mixed $payload, mixed $queue = null, array $options = []): mixed
    {
        return $this->queue->pushRaw($payload, $queue, $options);
    }

    public function size(mixed $queue = null): mixed
    {
        return $this->queue->size($queue);
    }

    public function pendingSize(mixed $queue = null): mixed
    {
        return $this->queue->pendingSize($queue);
    }

    public function delayedSize(mixed $queue = null): mixed
    {
        return $this->queue->delayedSize($queue);
    }

    public function reservedSize(mixed $queue = null): mixed
    {
        return $this->queue->reservedSize($queue);
    }

    public function creationTimeOfOldestPendingJob(mixed $queue = null): mixed
    {
        return $this->queue->creationTimeOfOldestPendingJob($queue);
    }

    public function pop(mixed $queue = null): mixed
    {
        return $this->queue->pop($queue);
    }

    public function getConnectionName(): mixed
    {
        return $this->queue->getConnectionName();
    }

    public function setConnectionName(mixed $name): static
    {
        $this->queue->setConnectionName($name);

        return $this;
    }

    /** @param array<array-key, mixed> $parameters */
    public function __call(string $method, array $parameters): mixed
    {
        return $this->queue->$method(...$parameters);
    }
}
