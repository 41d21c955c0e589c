<?php

declare(strict_types=1);

namespace Apn\AmiClient\Laravel\Cluster;

use Apn\AmiClient\Laravel\Config\Settings;
use Apn\AmiClient\Laravel\Contracts\Diagnosis;
use Apn\AmiClient\Laravel\Worker\Worker;
use RuntimeException;

/** Tries what workers do with Redis, and looks at how it is set up. */
final readonly class RedisDiagnosis implements Diagnosis
{
    /** GETDEL, LPOP with a count and exclusive ranges came with it. */
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
        return 1
        LUA;

    public function __construct(
        private Store $store,
        private Settings $settings,
    ) {}

    public function checks(): array
    {
        $name = $this->settings->nullableString('redis');

        return (
            $name === null
                ? [
                    'Redis' =>
                        static fn(): string => 'not used: ami.redis is null, so actions from other processes, readers and --cluster are not available',
                ]
                : [
                    "Redis $name" => $this->roundTrip(...),
                    'Redis commands' => $this->commands(...),
                    'Redis server' => $this->server(...),
                    'Redis memory' => $this->memory(...),
                    'Redis persistence' => $this->persistence(...),
                ]
        );
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
        $this->store->command('SET', 'doctor', '1', 'PX', 1_000);
        $this->store->command('GETDEL', 'doctor');

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
        $version = $info['redis_version'] ?? '0';
        $refusal = match (true) {
            version_compare($version, self::VERSION_MIN, '<') => "it is version $version, must be "
                . self::VERSION_MIN
                . ' or later',
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
            throw new RuntimeException(
                "maxmemory-policy is $policy: leases and the stream may vanish; set maxmemory-policy noeviction",
            );
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
