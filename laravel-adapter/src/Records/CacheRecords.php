<?php

declare(strict_types=1);

namespace Apn\AmiClient\Laravel\Records;

use Illuminate\Contracts\Cache\LockProvider;
use Illuminate\Contracts\Cache\Repository;

/**
 * Records in the application's cache: for workers without Redis, whose cache is that of one machine.
 *
 * @phpstan-import-type Worker from Records
 */
final readonly class CacheRecords implements Records
{
    private const int LOCK_SECONDS = 5;

    public function __construct(
        private Repository $cache,
        private string $prefix = 'ami:',
    ) {}

    public function put(string $worker, array $record, float $seconds): void
    {
        // In this order: whoever finds a worker without a record takes it for dead, and forgets it.
        $this->cache->put($this->key("worker:$worker"), $record, self::whole($seconds));
        if (!in_array($worker, $this->index(), strict: true)) {
            $this->change(static fn(array $index): array => [...$index, $worker]);
        }
    }

    public function forget(string $worker): void
    {
        $this->change(static fn(array $index): array => array_values(array_diff($index, [$worker])));
        $this->cache->forget($this->key("worker:$worker"));
        $this->cache->forget($this->key("asked:$worker"));
    }

    public function workers(): array
    {
        $workers = [];
        foreach ($this->index() as $worker) {
            $record = $this->cache->get($this->key("worker:$worker"));
            if (is_array($record)) {
                $workers[$worker] = $record;
            }
        }

        /** @var array<string, Worker> */
        return $workers;
    }

    public function addTransition(string $server, array $transition): void
    {
        $history = array_slice([$transition, ...$this->history($server)], 0, self::HISTORY_MAX);
        $this->cache->forever($this->key("history:$server"), $history);
    }

    public function history(string $server): array
    {
        return array_values((array) $this->cache->get($this->key("history:$server"), []));
    }

    public function ask(string $worker, string $what): void
    {
        $this->cache->put($this->key("asked:$worker"), $what, 3_600);
    }

    public function asked(string $worker): ?string
    {
        $asked = $this->cache->pull($this->key("asked:$worker"));

        return is_string($asked) ? $asked : null;
    }

    public function askToRestart(string $which = 'workers'): void
    {
        $this->cache->forever($this->key("restart:$which"), (string) microtime(as_float: true));
    }

    public function restartMark(string $which = 'workers'): string
    {
        return (string) $this->cache->get($this->key("restart:$which"), '');
    }

    /**
     * Makes the worker the owner of a server that has none, or whose owner it is, for so many seconds.
     *
     * @return string the owner
     */
    public function own(string $server, string $worker, float $seconds, bool $isForced = false): string
    {
        $key = $this->key("owner:$server");
        if (!$isForced && $this->cache->add($key, $worker, self::whole($seconds))) {
            return $worker;
        }
        $owner = $isForced ? $worker : $this->cache->get($key);
        if ($owner === $worker) {
            $this->cache->put($key, $worker, self::whole($seconds));
        }

        return is_string($owner) ? $owner : 'another worker';
    }

    public function disown(string $server, string $worker): void
    {
        if ($this->cache->get($this->key("owner:$server")) === $worker) {
            $this->cache->forget($this->key("owner:$server"));
        }
    }

    public function claimOnce(string $key, float $seconds): bool
    {
        return $this->cache->add($this->key("sent:$key"), true, self::whole($seconds));
    }

    public function owners(array $servers): array
    {
        return [];
    }

    public function readers(): array
    {
        return [];
    }

    private function key(string $name): string
    {
        return $this->prefix . $name;
    }

    private static function whole(float $seconds): int
    {
        return max(1, (int) ceil($seconds));
    }

    /** @return list<string> */
    private function index(): array
    {
        return array_values((array) $this->cache->get($this->key('workers'), []));
    }

    /** @param \Closure(list<string>): list<string> $change */
    private function change(\Closure $change): void
    {
        $write = function () use ($change): void {
            // Workers that died took their records along.
            $alive = array_filter($this->index(), fn(string $worker): bool => $this->cache->has($this->key(
                "worker:$worker",
            )));
            $this->cache->forever($this->key('workers'), $change(array_values($alive)));
        };
        $store = $this->cache->getStore();
        if ($store instanceof LockProvider) {
            $store->lock($this->key('workers:lock'), self::LOCK_SECONDS)->block(self::LOCK_SECONDS, $write);
        } else {
            $write();
        }
    }
}
