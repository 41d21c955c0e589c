<?php

declare(strict_types=1);

namespace Apn\AmiClient\Laravel\Queue;

use Apn\AmiClient\Laravel\Worker\Waiting;

/** A job that was queued and is not pushed yet, with what it was queued by. */
final readonly class WaitingJob implements Waiting
{
    public ?string $server;
    /** The term under which the event's server was held. */
    public string $term;

    /** @param ?string $id of the event that it was queued for */
    public function __construct(
        public string $connection,
        /** @var ?string what else Laravel casts goes on as it is, here and in $delay */
        public mixed $queue,
        public object|string $job,
        public mixed $data,
        /** @var \DateTimeInterface|\DateInterval|int|null */
        public mixed $delay,
        ?string $id,
        public float $at,
        public int $bytes,
    ) {
        [$server, $this->term] = explode(':', $id ?? ':');
        $this->server = $id === null ? null : $server;
    }

    /** Whether both can go in one push. */
    public function goesWith(self $other): bool
    {
        return (
            $this->delay === null
            && $other->delay === null
            && [$this->connection, $this->queue, $this->data] === [$other->connection, $other->queue, $other->data]
        );
    }
}
