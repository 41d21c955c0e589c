<?php

declare(strict_types=1);

namespace Apn\AmiClient\Laravel\Cluster;

use Apn\AmiClient\Laravel\Records\Records;

/**
 * Records in the Redis that the workers share: the same on every machine.
 *
 * @phpstan-import-type Worker from Records
 */
final readonly class RedisRecords implements Records
{
    /** One step, so that no worker is forgotten that reports meanwhile. KEYS: workers. ARGV: prefix of records. */
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
        private Leases $leases,
    ) {}

    public function put(string $worker, array $record, float $seconds): void
    {
        $member = ['mode' => $record['mode'] ?? '', 'draining' => $record['draining'] ?? false];
        // In this order: whoever finds a worker without a record takes it for dead, and forgets it.
        foreach (["worker:$worker" => $record, "member:$worker" => $member] as $key => $fields) {
            $this->store->command('SET', $key, self::json($fields), 'PX', (int) ($seconds * 1_000));
        }
        $this->store->command('SADD', 'workers', $worker);
    }

    /**
     * What workers have to know of each other many times a minute, without the health of all servers.
     *
     * @return array<string, array{mode: string, draining: bool}>
     */
    public function members(): array
    {
        /** @var array<string, array{mode: string, draining: bool}> */
        return $this->read('member:');
    }

    public function forget(string $worker): void
    {
        $this->store->command('SREM', 'workers', $worker);
        foreach (['worker', 'member', 'asked'] as $kind) {
            $this->store->command('DEL', "$kind:$worker");
        }
    }

    public function workers(): array
    {
        /** @var array<string, Worker> */
        return $this->read('worker:');
    }

    public function addTransition(string $server, array $transition): void
    {
        $this->store->command('LPUSH', "history:$server", self::json($transition));
        $this->store->command('LTRIM', "history:$server", 0, self::HISTORY_MAX - 1);
    }

    public function history(string $server): array
    {
        return array_map(
            static fn(string $json): array => json_decode($json, associative: true, flags: JSON_THROW_ON_ERROR),
            (array) $this->store->command('LRANGE', "history:$server", 0, -1),
        );
    }

    public function ask(string $worker, string $what): void
    {
        $this->store->command('SET', "asked:$worker", $what, 'EX', 3_600);
    }

    public function asked(string $worker): ?string
    {
        $asked = $this->store->command('GETDEL', "asked:$worker");

        return is_string($asked) ? $asked : null;
    }

    public function askToRestart(string $which = 'workers'): void
    {
        $this->store->command('SET', "restart:$which", (string) microtime(as_float: true));
    }

    public function restartMark(string $which = 'workers'): string
    {
        return (string) $this->store->command('GET', "restart:$which");
    }

    public function claimOnce(string $key, float $seconds): bool
    {
        // Phpredis gives the status of a raw SET as true.
        return (bool) $this->store->command('SET', "sent:$key", '1', 'NX', 'PX', (int) ($seconds * 1_000));
    }

    public function owners(array $servers): array
    {
        return array_map(static fn(Lease $lease): array => [
            'owner' => $lease->isHeld ? $lease->owner : null,
            'last_owner' => $lease->owner,
            'fence' => $lease->fence,
            'last_seen' => $lease->seen,
        ], $this->leases->read($servers));
    }

    public function readers(): array
    {
        $added = (int) $this->store->command('HGET', 'written', ':added');
        $readers = [];
        /** @var list<string> $names */
        $names = $this->store->command('SMEMBERS', 'readers');
        foreach ($names as $name) {
            $key = "reader:$name";
            if ($this->store->command('EXISTS', $key) === 0) {
                $this->store->command('SREM', 'readers', $name);
                continue;
            }
            /** @var array{?string, ?string, ?string} $figures */
            $figures = $this->store->command('HMGET', $key, 'count', 'lost', 'lost_at');
            [$count, $lost, $lostAt] = $figures;
            $readers[$name] = [
                'process' => $this->store->command('GET', "$key:owner") ?: null,
                'behind' => max(0, $added - (int) $count),
                'lost' => (int) $lost,
                'lost_at' => is_string($lostAt) ? (float) $lostAt : null,
            ];
        }
        ksort($readers);

        return $readers;
    }

    /** @param array<string, mixed> $fields */
    private static function json(array $fields): string
    {
        return json_encode($fields, JSON_THROW_ON_ERROR | JSON_INVALID_UTF8_SUBSTITUTE);
    }

    /** @return array<string, array<string, mixed>> by worker */
    private function read(string $kind): array
    {
        $alive = $this->store->script(self::WORKERS, ['workers'], [$this->store->key($kind)]);
        $workers = [];
        foreach (array_chunk($alive, 2) as [$id, $record]) {
            $workers[$id] = json_decode($record, associative: true, flags: JSON_THROW_ON_ERROR);
        }
        ksort($workers);

        return $workers;
    }
}
