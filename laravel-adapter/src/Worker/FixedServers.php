<?php

declare(strict_types=1);

namespace Apn\AmiClient\Laravel\Worker;

use Apn\AmiClient\AmiClientManager;
use Apn\AmiClient\Laravel\Records\CacheRecords;
use Apn\AmiClient\Laravel\Routing\Route;

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

    /** @param list<Route> $routes */
    public function __construct(
        private readonly string $id,
        private readonly AmiClientManager $manager,
        private readonly Servers $servers,
        private readonly array $routes,
        private readonly Statistics $statistics,
        private readonly CacheRecords $records,
        private readonly Output $output,
        private readonly string $term,
        private readonly float $refreshSeconds,
        private readonly float $grace,
    ) {}

    /** A worker that was killed leaves its servers behind for a while; one that lives is seen to report meanwhile. */
    public function start(bool $force): array
    {
        $seen = null;
        $until = Worker::now() + self::OWNED_SECONDS + 1.0;
        while (($owners = $this->own($force)) !== [] && Worker::now() < $until) {
            $now = array_column(array_intersect_key($this->records->workers(), array_flip($owners)), 'seen_at');
            if ($seen !== null && $now !== [] && $now !== $seen) {
                break;
            }
            if ($seen === null) {
                $this->output->note(
                    'info',
                    'servers are held by ' . implode(', ', array_unique($owners)) . ': checking whether it is alive',
                );
            }
            $seen = $now;
            usleep(self::LOOK_US);
        }
        if ($owners !== []) {
            $this->disown($this->servers->keys());
        }

        return $owners;
    }

    public function feeds(): array
    {
        return $this->feeds;
    }

    public function term(string $server): ?string
    {
        return isset($this->feeds[$server]) ? $this->term : null;
    }

    public function expired(array $terms): array
    {
        return [];
    }

    public function turn(float $now): float
    {
        foreach (array_keys($this->feeds) as $server) {
            $this->records->own((string) $server, $this->id, self::OWNED_SECONDS, isForced: true);
        }
        if ($now >= $this->followAt) {
            if ($this->followAt > 0.0) {
                $this->servers->follow($this->leave(...));
            }
            $this->followAt = $now + $this->refreshSeconds;
            foreach ($this->servers->keys() as $server) {
                $this->follow($server);
            }
        }

        return min($this->followAt, $now + self::RENEW_SECONDS);
    }

    public function drain(float $now): bool
    {
        return true;
    }

    public function finish(float $now): void
    {
        $this->manager->terminate($this->grace);
        $this->disown(array_map(strval(...), array_keys($this->feeds)));
    }

    /** @return array<string, string> the owners of servers that are held by others */
    private function own(bool $force): array
    {
        $owners = [];
        foreach ($this->servers->keys() as $server) {
            $owner = $this->records->own($server, $this->id, self::OWNED_SECONDS, $force);
            if ($owner !== $this->id) {
                $owners[$server] = $owner;
            }
        }

        return $owners;
    }

    /** @param list<string> $servers */
    private function disown(array $servers): void
    {
        foreach ($servers as $server) {
            $this->records->disown($server, $this->id);
        }
    }

    private function follow(string $server): void
    {
        if (isset($this->feeds[$server])) {
            return;
        }
        $owner = $this->records->own($server, $this->id, self::OWNED_SECONDS);
        if ($owner !== $this->id) {
            $this->output->note('error', "$server is held by $owner");

            return;
        }
        $client = $this->manager->server($server);
        $this->feeds[$server] = new Feed($client, $this->routes, $this->statistics, $this->term);
        $this->feeds[$server]->open();
    }

    private function leave(string $server): void
    {
        if (isset($this->feeds[$server])) {
            $this->feeds[$server]->close($this->grace);
            unset($this->feeds[$server]);
            $this->disown([$server]);
        }
    }
}
