<?php

declare(strict_types=1);

namespace Apn\AmiClient\Laravel\Records;

use Illuminate\Contracts\Cache\Lock;
use Illuminate\Contracts\Cache\LockProvider;
use Illuminate\Contracts\Cache\Repository;

/** Records in the application's cache: for workers without Redis, whose cache is that of one machine. */
final readonly class CacheRecords implements Records
{
    private const string INDEX = 'ami:workers';
    private const string RESTART = 'illuminate:ami:restart';
    private const int LOCK_SECONDS = 5;

    public function __construct(
        private Repository $cache,
    ) {}

    public function put(string $worker, array $record, float $seconds): void
    {
        // In this order: whoever finds a worker without a record takes it for dead, and forgets it.
        $this->cache->put("ami:worker:$worker", $record, max(1, (int) ceil($seconds)));
        if (!in_array($worker, $this->index(), strict: true)) {
            $this->change(static fn(array $index): array => [...$index, $worker]);
        }
    }

    public function forget(string $worker): void
    {
        $this->change(static fn(array $index): array => array_values(array_diff($index, [$worker])));
        $this->cache->forget("ami:worker:$worker");
        $this->cache->forget("ami:drain:$worker");
    }

    public function workers(): array
    {
        $workers = [];
        foreach ($this->index() as $worker) {
            $record = $this->cache->get("ami:worker:$worker");
            if (is_array($record)) {
                $workers[$worker] = $record;
            }
        }

        return $workers;
    }

    public function addTransition(string $server, array $transition): void
    {
        $history = array_slice([$transition, ...$this->history($server)], 0, self::HISTORY_MAX);
        $this->cache->forever("ami:history:$server", $history);
    }

    public function history(string $server): array
    {
        return array_values((array) $this->cache->get("ami:history:$server", []));
    }

    public function askToDrain(string $worker): void
    {
        $this->cache->put("ami:drain:$worker", true, 3_600);
    }

    public function isAskedToDrain(string $worker): bool
    {
        return $this->cache->get("ami:drain:$worker") === true;
    }

    public function askToRestart(): void
    {
        $this->cache->forever(self::RESTART, (string) microtime(as_float: true));
    }

    public function restartMark(): string
    {
        return (string) $this->cache->get(self::RESTART, '');
    }

    /** @return list<string> */
    private function index(): array
    {
        return array_values((array) $this->cache->get(self::INDEX, []));
    }

    /** @param \Closure(list<string>): list<string> $change */
    private function change(\Closure $change): void
    {
        $write = function () use ($change): void {
            // Workers that died took their records along.
            $alive = array_filter($this->index(), fn(string $worker): bool => $this->cache->has("ami:worker:$worker"));
            $this->cache->forever(self::INDEX, $change(array_values($alive)));
        };
        $this->lock()?->block(self::LOCK_SECONDS, $write) ?? $write();
    }

    private function lock(): ?Lock
    {
        $store = $this->cache->getStore();

        return $store instanceof LockProvider ? $store->lock('ami:workers:lock', self::LOCK_SECONDS) : null;
    }
}
