<?php

declare(strict_types=1);

namespace Apn\AmiClient\Laravel\Cluster;

use Apn\AmiClient\Exception\AmiThrowable;
use Apn\AmiClient\Exception\InvalidConfigurationException;
use Apn\AmiClient\Laravel\Config\Settings;
use Apn\AmiClient\Laravel\Worker\Worker;
use Illuminate\Cache\RedisStore;
use Illuminate\Cache\Repository;
use Illuminate\Contracts\Redis\Factory;
use Illuminate\Redis\Connections\Connection;
use Illuminate\Redis\Connections\PhpRedisConnection;
use Illuminate\Redis\RedisManager;
use Redis;
use RedisException;
use Throwable;

/**
 * The Redis that workers share, by a connection of its own: the options and timeouts that the application sets on its
 * connections are meant for other uses.
 *
 * Commands go out raw. phpredis would put its serializer and compression around values, and reads some answers otherwise
 * from version to version.
 */
final class Store implements Factory
{
    /** Seconds that one command may take before Redis counts as away: a worker has sessions to look after. */
    private const float TIMEOUT = 2.0;
    /** So long after a connection that failed the next one is not tried: all that a worker asks in one turn fails at once. */
    private const float AWAY_SECONDS = 0.5;

    private ?Redis $client = null;
    private ?RedisException $away = null;
    private float $awayUntil = 0.0;
    private string $prefix = '';

    /** @var array<string, string> script => SHA-1 */
    private array $scripts = [];

    public function __construct(
        private readonly Settings $settings,
    ) {}

    /**
     * A command whose first argument is a key.
     *
     * @throws RedisException when Redis is away; the next call connects again
     */
    public function command(string $name, string $key, string|int|float ...$arguments): mixed
    {
        return $this->raw($name, $this->key($key), ...$arguments);
    }

    /** @throws RedisException when Redis is away */
    public function raw(string $name, string|int|float ...$arguments): mixed
    {
        $texts = array_map(strval(...), $arguments);

        return $this->call(static fn(Redis $client): mixed => $client->rawCommand($name, ...$texts));
    }

    /**
     * @param \Closure(Redis): mixed $command
     *
     * @throws RedisException when Redis is away or refuses the command
     */
    public function call(\Closure $command): mixed
    {
        $client = $this->client();
        try {
            $client->clearLastError();
            $answer = $command($client);
            $error = $client->getLastError();

            // Phpredis says false where Redis said an error.
            return $answer === false && $error !== null ? throw new RedisException($error) : $answer;
        } catch (RedisException $error) {
            // A broken connection may still hold half an answer, and one that refuses may be to a server that is replaced.
            $this->client = str_starts_with($error->getMessage(), 'NOSCRIPT') ? $client : null;
            throw $error;
        }
    }

    /** Laravel's cache by this connection. */
    public function cache(): Repository
    {
        return new Repository(new RedisStore($this));
    }

    /** @param \UnitEnum|string|null $name */
    public function connection($name = null): Connection
    {
        return new class($this, $this->client()) extends PhpRedisConnection {
            public function __construct(
                private readonly Store $store,
                Redis $client,
            ) {
                parent::__construct($client);
            }

            /**
             * @param string $method
             * @param array<array-key, mixed> $parameters
             */
            public function command($method, array $parameters = []): mixed
            {
                return $this->store->call(static fn(Redis $client): mixed => $client->$method(...$parameters));
            }
        };
    }

    /**
     * @param list<string> $keys
     * @param list<string|int|float> $arguments
     */
    public function script(string $lua, array $keys, array $arguments = []): mixed
    {
        $sha = $this->scripts[$lua] ??= sha1($lua);
        $rest = [count($keys), ...array_map($this->key(...), $keys), ...$arguments];
        try {
            return $this->raw('EVALSHA', $sha, ...$rest);
        } catch (RedisException $error) {
            return str_starts_with($error->getMessage(), 'NOSCRIPT')
                ? $this->raw('EVAL', $lua, ...$rest)
                : throw $error;
        }
    }

    /** The key as Redis has it. */
    public function key(string $name): string
    {
        $this->client();

        return "{$this->prefix}{$this->settings->string('prefix')}$name";
    }

    /**
     * Makes sure of a connection that answers. One that lay idle may be closed at the other end, and a command that fails
     * by that leaves open whether Redis has it.
     *
     * @throws RedisException when Redis is away
     */
    public function reach(): void
    {
        try {
            $this->raw('PING');
        } catch (RedisException) {
            $this->client();
        }
    }

    /** Waits for one command longer than usual. */
    public function patience(float $seconds): void
    {
        $this->client()->setOption(Redis::OPT_READ_TIMEOUT, (string) (self::TIMEOUT + $seconds));
    }

    private function client(): Redis
    {
        if ($this->client !== null) {
            return $this->client;
        }
        if ($this->away !== null && Worker::now() < $this->awayUntil) {
            throw $this->away;
        }
        try {
            return $this->client = $this->connect();
        } catch (AmiThrowable $refused) {
            throw $refused;
        } catch (Throwable $error) {
            // A TLS handshake that fails is a warning of PHP, which Laravel makes an ErrorException.
            $this->awayUntil = Worker::now() + self::AWAY_SECONDS;
            throw $this->away = $error instanceof RedisException
                ? $error
                : new RedisException($error->getMessage(), previous: $error);
        }
    }

    private function connect(): Redis
    {
        $name = $this->settings->nullableString('redis') ?? throw Settings::refused(
            'ami.redis',
            'it is null: set AMI_REDIS_CONNECTION to a Redis connection of config/database.php, such as default',
        );
        $redis = (array) config('database.redis');
        if (($redis['client'] ?? 'phpredis') !== 'phpredis') {
            throw $this->otherClient($name, (string) $redis['client']);
        }
        if (!isset($redis[$name]) && !isset($redis['clusters'][$name])) {
            throw Settings::refused('ami.redis', "there is no Redis connection \"$name\" in config/database.php");
        }
        if (is_array($redis[$name] ?? null)) {
            // Without one a machine that does not answer holds a worker for minutes.
            $redis[$name]['timeout'] = (float) ($redis[$name]['timeout'] ?? 0.0) ?: self::TIMEOUT;
            // And one that hangs answers nothing from the first command on, which is sent while connecting.
            $redis[$name]['read_timeout'] = self::TIMEOUT;
        }
        $connection = new RedisManager(app(), 'phpredis', $redis)->resolve($name);
        $client = $connection instanceof PhpRedisConnection ? $connection->client() : null;
        if (!$client instanceof Redis) {
            throw $this->otherClient($name, $connection::class);
        }
        $client->setOption(Redis::OPT_READ_TIMEOUT, (string) self::TIMEOUT);
        // Its own retries would send a command twice.
        $client->setOption(Redis::OPT_MAX_RETRIES, '0');
        $this->prefix = (string) $client->getOption(Redis::OPT_PREFIX);

        return $client;
    }

    private function otherClient(string $name, string $is): InvalidConfigurationException
    {
        return Settings::refused(
            'ami.redis',
            "the connection \"$name\" is by $is, must be phpredis on one server (REDIS_CLIENT=phpredis, ext-redis)",
        );
    }
}
