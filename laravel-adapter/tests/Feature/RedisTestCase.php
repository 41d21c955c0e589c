<?php

declare(strict_types=1);

namespace Apn\AmiClient\Laravel\Tests\Feature;

use Apn\AmiClient\Laravel\Contracts\Diagnosis;
use Apn\AmiClient\Laravel\Tests\Support\ArtisanProcess;
use Apn\AmiClient\Laravel\Tests\Support\FakeAsteriskProcess;
use Apn\AmiClient\Laravel\Tests\Support\RedisProcess;
use Apn\AmiClient\Laravel\Tests\Support\Wait;
use Apn\AmiClient\Laravel\Tests\TestCase;
use Illuminate\Foundation\Application;
use Redis;

/** A test inside an application that shares a real Redis with the processes it starts. */
abstract class RedisTestCase extends TestCase
{
    protected const string STREAM = 'app_ami:events';

    protected Redis $redis;

    public function createApplication(): Application
    {
        $this->redis = RedisProcess::shared()->client();
        $app = parent::createApplication();
        $app->make('config')->set('database.redis.default.port', RedisProcess::port());
        $app->make('config')->set('ami.redis', 'default');

        return $app;
    }

    /** @param array<string, mixed> $more */
    protected function configure(FakeAsteriskProcess $asterisk, array $more = []): void
    {
        $config = [
            'redis' => 'default',
            'servers' => $asterisk->servers(),
        ];
        $config = array_replace_recursive($config, $more);
        $this->skeleton->configure($config);
        foreach ($config as $section => $values) {
            $ours = config("ami.$section");
            config()->set("ami.$section", is_array($ours) && $section !== 'servers' ? [...$ours, ...$values] : $values);
        }
    }

    /** @param array<string, string> $environment */
    protected function process(string $command, array $environment = []): ArtisanProcess
    {
        return $this->skeleton->artisan(explode(' ', $command), [
            'REDIS_PORT' => (string) RedisProcess::port(),
            'QUEUE_CONNECTION' => 'redis',
            ...$environment,
        ]);
    }

    /** @return list<array<string, mixed>> the stream, or what it has of one kind */
    protected function entries(?string $kind = null): array
    {
        $entries = array_map(static fn(array $fields): array => json_decode(
            $fields['e'],
            associative: true,
        ), array_values($this->redis->xRange(self::STREAM, '-', '+')));

        return $kind === null
            ? $entries
            : array_values(array_filter($entries, static fn(array $entry): bool => $entry['k'] === $kind));
    }

    protected function waitForEntries(int $count): void
    {
        Wait::until(fn(): bool => $this->redis->xLen(self::STREAM) >= $count, "$count entries");
    }

    /** @return array{process: ?string, behind: int, lost: int, lost_at: ?float} */
    protected function reader(string $name): array
    {
        return $this->app->make(Diagnosis::class)->readers()[$name];
    }

    /** @return list<array<string, mixed>> the payloads of the jobs in the queue */
    protected function jobs(string $queue = 'default'): array
    {
        return array_map(
            static fn(string $json): array => json_decode($json, associative: true),
            $this->redis->lRange("app_queues:$queue", 0, -1),
        );
    }
}
