<?php

declare(strict_types=1);

namespace Apn\AmiClient\Laravel\Records;

use Apn\AmiClient\Laravel\Redis\Store;

/** Records in the Redis that the workers share: the same on every machine. */
final readonly class RedisRecords implements Records
{
    public function __construct(
        private Store $store,
    ) {}

    public function put(string $worker, array $record, float $seconds): void
    {
        $json = json_encode($record, JSON_THROW_ON_ERROR | JSON_INVALID_UTF8_SUBSTITUTE);
        $this->store->command('SADD', $this->store->key('workers'), $worker);
        $this->store->command('SET', $this->store->key("worker:$worker"), $json, 'PX', (int) ($seconds * 1_000));
    }

    public function forget(string $worker): void
    {
        $this->store->command('SREM', $this->store->key('workers'), $worker);
        $this->store->command('DEL', $this->store->key("worker:$worker"), $this->store->key("drain:$worker"));
    }

    public function workers(): array
    {
        $ids = (array) $this->store->command('SMEMBERS', $this->store->key('workers'));
        if ($ids === []) {
            return [];
        }
        sort($ids);
        $records = $this->store->command('MGET', ...array_map(fn(string $id): string => $this->store->key(
            "worker:$id",
        ), $ids));
        $workers = [];
        foreach ($ids as $index => $id) {
            if (is_string($records[$index])) {
                $workers[$id] = json_decode($records[$index], associative: true, flags: JSON_THROW_ON_ERROR);
            } else {
                $this->store->command('SREM', $this->store->key('workers'), $id);
            }
        }

        return $workers;
    }

    public function addTransition(string $server, array $transition): void
    {
        $key = $this->store->key("history:$server");
        $this->store->command(
            'LPUSH',
            $key,
            json_encode($transition, JSON_THROW_ON_ERROR | JSON_INVALID_UTF8_SUBSTITUTE),
        );
        $this->store->command('LTRIM', $key, 0, self::HISTORY_MAX - 1);
    }

    public function history(string $server): array
    {
        return array_map(
            static fn(string $json): array => json_decode($json, associative: true, flags: JSON_THROW_ON_ERROR),
            (array) $this->store->command('LRANGE', $this->store->key("history:$server"), 0, -1),
        );
    }

    public function askToDrain(string $worker): void
    {
        $this->store->command('SET', $this->store->key("drain:$worker"), 1, 'EX', 3_600);
    }

    public function isAskedToDrain(string $worker): bool
    {
        return $this->store->command('GET', $this->store->key("drain:$worker")) === '1';
    }

    public function askToRestart(): void
    {
        $this->store->command('SET', $this->store->key('restart'), (string) microtime(as_float: true));
    }

    public function restartMark(): string
    {
        return (string) $this->store->command('GET', $this->store->key('restart'));
    }
}
