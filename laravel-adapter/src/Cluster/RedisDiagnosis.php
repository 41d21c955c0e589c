<?php

declare(strict_types=1);

namespace Apn\AmiClient\Laravel\Cluster;

use Apn\AmiClient\Laravel\Config\Settings;
use Apn\AmiClient\Laravel\Contracts\Diagnosis;
use Apn\AmiClient\Laravel\Worker\Worker;
use RuntimeException;

/** Tries what workers do with Redis, looks at how it is set up, and at what they have there beside their records. */
final readonly class RedisDiagnosis implements Diagnosis
{
    /** LPOP with a count and exclusive ranges came with it. */
    private const string VERSION_MIN = '6.2.0';
    /** A memory that is fuller than that is a finding. */
    private const float MEMORY_PART_MAX = 0.9;

    /** KEYS: a key of our own. */
    private const string TRY = <<<'LUA'
        redis.call('TIME')
        redis.call('HSET', KEYS[1], 'a', '1')
        redis.call('PEXPIRE', KEYS[1], 1000)
        redis.call('DEL', KEYS[1])
        redis.call('RPUSH', KEYS[1], '1')
        redis.call('LPOP', KEYS[1], 10)
        redis.call('XADD', KEYS[1], 'MAXLEN', '~', 10, '*', 'e', '1')
        redis.call('XRANGE', KEYS[1], '(0-0', '+', 'COUNT', 1)
        redis.call('DEL', KEYS[1])
        redis.call('INCRBY', KEYS[1], 1)
        redis.call('SETEX', KEYS[1], 1, '1')
        redis.call('MGET', KEYS[1])
        redis.call('DEL', KEYS[1])
        return 1
        LUA;

    public function __construct(
        private Store $store,
        private Settings $settings,
        private Leases $leases,
    ) {}

    public function checks(): array
    {
        $name = $this->settings->nullableString('redis');
        if ($name === null) {
            $why = 'ami.redis is null, so actions from other processes, readers and --cluster are not available';

            return ['Redis' => static fn(): string => "not used: $why"];
        }

        return [
            "Redis $name" => $this->roundTrip(...),
            'Redis commands' => $this->commands(...),
            'Redis server' => $this->server(...),
            'Redis memory' => $this->memory(...),
            'Redis persistence' => $this->persistence(...),
        ];
    }

    public function owners(array $servers): array
    {
        if ($this->settings->nullableString('redis') === null) {
            return [];
        }

        return array_map(static fn(Lease $lease): array => [
            'owner' => $lease->isHeld ? $lease->owner : null,
            'last_owner' => $lease->owner,
            'fence' => $lease->fence,
            'last_seen' => $lease->seen,
        ], $this->leases->read($servers));
    }

    public function readers(): array
    {
        if ($this->settings->nullableString('redis') === null) {
            return [];
        }
        $added = (int) $this->store->command('HGET', 'written', ':added');
        $readers = [];
        /** @var list<string> $names */
        $names = $this->store->command('SMEMBERS', 'readers');
        foreach ($names as $name) {
            $key = "reader:$name";
            [$count, $lost, $lostAt] = (array) $this->store->command('HMGET', $key, 'count', 'lost', 'lost_at');
            if (!is_string($count)) {
                $this->store->command('SREM', 'readers', $name);
                continue;
            }
            $readers[$name] = [
                'process' => (string) $this->store->command('GET', "$key:owner") ?: null,
                'behind' => max(0, $added - (int) $count),
                'lost' => (int) $lost,
                'lost_at' => is_string($lostAt) ? (float) $lostAt : null,
            ];
        }
        ksort($readers);

        return $readers;
    }

    private function roundTrip(): string
    {
        $began = Worker::now();
        $this->store->raw('PING');

        return sprintf('%.1f ms', (Worker::now() - $began) * 1_000);
    }

    private function commands(): string
    {
        $this->store->script(self::TRY, ['doctor']);

        return 'scripts, hashes, lists and streams work';
    }

    private function server(): string
    {
        return self::of($this->info('server') + $this->info('replication') + $this->info('cluster'));
    }

    /** @param array<string, string> $info */
    public static function of(array $info): string
    {
        // Valkey reports the version of Redis that it is compatible with.
        [$version, $min] = [$info['redis_version'] ?? '0', self::VERSION_MIN];
        $refusal = match (true) {
            version_compare($version, $min, '<') => "it is version $version, must be $min or later",
            ($info['cluster_enabled'] ?? '0') === '1'
                => 'it is a node of a Redis Cluster: workers need one Redis server, whose keys are all in one place',
            ($info['role'] ?? 'master') !== 'master' => 'it is a replica, which refuses writes: connect to its primary',
            default => null,
        };

        return $refusal === null ? "version $version, a single server" : throw new RuntimeException($refusal);
    }

    private function memory(): string
    {
        // Not CONFIG, which hosted ones refuse.
        $info = $this->info('memory');
        $policy = $info['maxmemory_policy'] ?? 'unknown';
        if ($policy !== 'noeviction') {
            $why = 'leases and the stream may vanish; set maxmemory-policy noeviction';
            throw new RuntimeException("maxmemory-policy is $policy: $why");
        }
        [$used, $max] = [(int) ($info['used_memory'] ?? 0), (int) ($info['maxmemory'] ?? 0)];
        if ($max > 0 && $used > ($max * self::MEMORY_PART_MAX)) {
            throw new RuntimeException(sprintf(
                'it is full: %d of %d MB are used, and it refuses writes soon; raise maxmemory or lower AMI_STREAM_MAX_LENGTH',
                intdiv($used, 1_048_576),
                intdiv($max, 1_048_576),
            ));
        }

        return sprintf('noeviction, %d MB used', intdiv($used, 1_048_576));
    }

    private function persistence(): string
    {
        return ($this->info('persistence')['aof_enabled'] ?? '0') === '1'
            ? 'appendonly yes'
            : throw new RuntimeException(
                'appendonly is no: after a restart of Redis, jobs and the stream are lost; set appendonly yes',
            );
    }

    /** @return array<string, string> */
    private function info(string $section): array
    {
        preg_match_all('/^(\w+):(.*?)\r?$/m', (string) $this->store->raw('INFO', $section), $found);

        return array_combine($found[1], $found[2]);
    }
}
