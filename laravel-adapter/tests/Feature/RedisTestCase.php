<?php

declare(strict_types=1);

namespace Apn\AmiClient\Laravel\Tests\Feature;

use Apn\AmiClient\Laravel\Bridge\StreamStatus;
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
            'bridge' => ['claim_after' => 0.3, 'deliveries' => 3],
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

    /** @return array{consumers: int, pending: int, backlog: ?int, lost: int} */
    protected function group(string $name): array
    {
        return $this->app->make(StreamStatus::class)->groups()[$name];
    }
}
