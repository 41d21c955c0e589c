<?php

declare(strict_types=1);

namespace Apn\AmiClient\Laravel\Tests\Support;

use Illuminate\Filesystem\Filesystem;
use Redis;
use RuntimeException;

/** A real Redis of the tests' own, on a free loopback port, in a process that ends with them. */
final class RedisProcess
{
    private static ?self $shared = null;

    public readonly int $port;

    /** @var resource */
    private $process;
    private readonly string $folder;

    public function __construct(?int $port = null, string ...$options)
    {
        $this->port = $port ?? Port::free();
        $this->folder = sys_get_temp_dir() . '/ami-redis-' . bin2hex(random_bytes(4));
        mkdir($this->folder);
        $command = [
            (string) getenv('AMI_REDIS_SERVER'),
            '--port',
            (string) $this->port,
            '--bind',
            '127.0.0.1',
            '--save',
            '',
            '--dir',
            $this->folder,
            ...$options,
        ];
        $process = proc_open(
            $command,
            [1 => ['file', "{$this->folder}/log", 'w'], 2 => ['file', "{$this->folder}/log", 'a']],
            $pipes,
        );
        if ($process === false) {
            throw new RuntimeException('redis-server does not start');
        }
        $this->process = $process;
        register_shutdown_function($this->stop(...));
        Wait::until($this->answers(...), 'Redis answers');
    }

    /** The one of this test run, emptied. */
    public static function shared(): self
    {
        self::$shared ??= new self();
        self::$shared->client()->flushAll();

        return self::$shared;
    }

    /** @return array<string, int> how often each command was called, by its name */
    public static function calls(Redis $redis): array
    {
        $calls = [];
        foreach ($redis->info('commandstats') as $key => $of) {
            $calls[substr((string) $key, strlen('cmdstat_'))] = is_array($of)
                ? (int) $of['calls']
                : (int) substr((string) $of, strlen('calls='));
        }

        return $calls;
    }

    public static function port(): int
    {
        return self::$shared?->port ?? 0;
    }

    public function client(): Redis
    {
        $redis = new Redis();
        $redis->connect('127.0.0.1', $this->port, 1.0);

        return $redis;
    }

    /** As a machine that hangs: it takes connections, and answers nothing. */
    public function stand(): void
    {
        proc_terminate($this->process, SIGSTOP);
    }

    public function stop(): void
    {
        if (is_resource($this->process)) {
            proc_terminate($this->process, SIGKILL);
            proc_close($this->process);
            new Filesystem()->deleteDirectory($this->folder);
        }
    }

    private function answers(): bool
    {
        try {
            return (bool) $this->client()->ping();
        } catch (\RedisException) {
            return false;
        }
    }
}
