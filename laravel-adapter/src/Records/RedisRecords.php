<?php

declare(strict_types=1);

namespace Apn\AmiClient\Laravel\Records;

use Apn\AmiClient\Laravel\Redis\Store;

/** Records in the Redis that the workers share: the same on every machine. */
final readonly class RedisRecords implements Records
{
    /** One step, so that no worker is forgotten that tells of itself meanwhile. KEYS: workers. ARGV: prefix of records. */
    private const string WORKERS = <<<'LUA'
        local alive = {}
        for _, id in ipairs(redis.call('SMEMBERS', KEYS[1])) do
          local record = redis.call('GET', ARGV[1] .. id)
          if record then
            table.insert(alive, id)
            table.insert(alive, record)
          else
            redis.call('SREM', KEYS[1], id)
          end
        end
        return alive
        LUA;

    public function __construct(
        private Store $store,
    ) {}

    public function put(string $worker, array $record, float $seconds): void
    {
        $json = json_encode($record, JSON_THROW_ON_ERROR | JSON_INVALID_UTF8_SUBSTITUTE);
        // In this order: whoever finds a worker without a record takes it for dead, and forgets it.
        $this->store->command('SET', $this->store->key("worker:$worker"), $json, 'PX', (int) ($seconds * 1_000));
        $this->store->command('SADD', $this->store->key('workers'), $worker);
    }

    public function forget(string $worker): void
    {
        $this->store->command('SREM', $this->store->key('workers'), $worker);
        $this->store->command('DEL', $this->store->key("worker:$worker"), $this->store->key("drain:$worker"));
    }

    public function workers(): array
    {
        $alive = $this->store->script(self::WORKERS, [$this->store->key('workers')], [$this->store->key('worker:')]);
        $workers = [];
        foreach (array_chunk($alive, 2) as [$id, $record]) {
            $workers[$id] = json_decode($record, associative: true, flags: JSON_THROW_ON_ERROR);
        }
        ksort($workers);

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
