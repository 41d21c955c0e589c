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
        private readonly JobBuffer $buffer,
        private readonly ?string $name,
    ) {
        $this->connectionName = $queue->getConnectionName();
    }

    public function push(mixed $job, mixed $data = '', mixed $queue = null): mixed
    {
        $this->buffer->add($this->name, $job, $data, $queue);

        return null;
    }

    public function later(mixed $delay, mixed $job, mixed $data = '', mixed $queue = null): mixed
    {
        $this->buffer->add($this->name, $job, $data, $queue, $delay);

        return null;
    }

    public function pushRaw(mixed $payload, mixed $queue = null, array $options = []): mixed
    {
        return $this->queue->pushRaw($payload, $queue, $options);
    }

    public function pop(mixed $queue = null): mixed
    {
        return $this->queue->pop($queue);
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

    /** @param array<array-key, mixed> $parameters */
    public function __call(string $method, array $parameters): mixed
    {
        return $this->queue->$method(...$parameters);
    }
}
