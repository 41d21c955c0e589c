<?php

declare(strict_types=1);

namespace Apn\AmiClient\Laravel\Worker;

use Apn\AmiClient\Laravel\Records\Records;

/**
 * Holds the servers it was told to: for workers without Redis.
 *
 * The records say who holds which server, so that a second worker for the same server is refused.
 */
final class FixedServers implements ServerPool
{
    /** Seconds after which the servers of a worker that died may be taken. */
    private const float OWNED_SECONDS = 10.0;
    private const float RENEW_SECONDS = 2.5;
    private const int LOOK_US = 200_000;

    /** @var array<string, Feed> */
    private array $feeds = [];
    private float $followAt = 0.0;
    private readonly string $term;

    public function __construct(
        private readonly Worker $worker,
        private readonly Records $records,
    ) {
        $this->term = bin2hex(random_bytes(4));
    }

    /** A worker that was killed leaves its servers behind for a while; one that lives is seen to report meanwhile. */
    public function start(): void
    {
        $seen = null;
        $until = Worker::now() + self::OWNED_SECONDS + 1.0;
        while (($owners = $this->own()) !== [] && Worker::now() < $until) {
            $now = array_column(array_intersect_key($this->records->workers(), array_flip($owners)), 'seen_at');
            if ($seen !== null && $now !== [] && $now !== $seen) {
                break;
            }
            if ($seen === null) {
                $held = 'servers are held by ' . implode(', ', array_unique($owners));
                $this->worker->output->note('info', "$held: checking whether it is alive");
            }
            $seen = $now;
            usleep(self::LOOK_US);
        }
        if ($owners !== []) {
            $this->disown($this->worker->servers->keys());
            throw new ServerHeldException($owners);
        }
    }

    public function feeds(): array
    {
        return $this->feeds;
    }

    public function fences(array $servers): array
    {
        return [];
    }

    public function turn(float $now): float
    {
        foreach (array_keys($this->feeds) as $server) {
            $this->records->own((string) $server, $this->worker->id, self::OWNED_SECONDS, isForced: true);
        }
        if ($now >= $this->followAt) {
            if ($this->followAt > 0.0) {
                $this->worker->servers->follow($this->leave(...));
            }
            $this->followAt = $now + $this->worker->settings->number('listen.refresh', min: 0.1);
            array_map($this->follow(...), $this->worker->servers->keys());
        }

        return min($this->followAt, $now + self::RENEW_SECONDS);
    }

    public function drain(float $now): bool
    {
        return true;
    }

    public function finish(float $now): void
    {
        $this->worker->manager->terminate($this->worker->settings->number('listen.grace'));
        $this->disown(array_map(strval(...), array_keys($this->feeds)));
    }

    /** @return array<string, string> the owners of servers that are held by others */
    private function own(): array
    {
        $owners = [];
        foreach ($this->worker->servers->keys() as $server) {
            $isForced = $this->worker->request->isForced;
            $owners[$server] = $this->records->own($server, $this->worker->id, self::OWNED_SECONDS, $isForced);
        }

        return array_diff($owners, [$this->worker->id]);
    }

    /** @param list<string> $servers */
    private function disown(array $servers): void
    {
        foreach ($servers as $server) {
            $this->records->disown($server, $this->worker->id);
        }
    }

    private function follow(string $server): void
    {
        if (isset($this->feeds[$server])) {
            return;
        }
        $owner = $this->records->own($server, $this->worker->id, self::OWNED_SECONDS);
        if ($owner === $this->worker->id) {
            $this->feeds[$server] = new Feed($this->worker, $server, $this->term);
            $this->feeds[$server]->open();
        } else {
            $this->worker->output->note('error', "$server is held by $owner");
        }
    }

    private function leave(string $server): void
    {
        if (isset($this->feeds[$server])) {
            $this->feeds[$server]->close();
            unset($this->feeds[$server]);
            $this->disown([$server]);
        }
    }
}
