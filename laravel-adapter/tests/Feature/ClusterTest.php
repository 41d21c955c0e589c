<?php

declare(strict_types=1);

namespace Apn\AmiClient\Laravel\Tests\Feature;

use Apn\AmiClient\Laravel\Tests\Support\ArtisanProcess;
use Apn\AmiClient\Laravel\Tests\Support\DelayingProxy;
use Apn\AmiClient\Laravel\Tests\Support\FakeAsteriskProcess;
use Apn\AmiClient\Laravel\Tests\Support\RedisProcess;
use Apn\AmiClient\Laravel\Tests\Support\Skeleton;
use Apn\AmiClient\Laravel\Tests\Support\Wait;
use PHPUnit\Framework\TestCase;
use Redis;

/** Workers that share servers by leases. */
final class ClusterTest extends TestCase
{
    private Skeleton $application;
    private Redis $redis;

    protected function setUp(): void
    {
        $this->application = new Skeleton();
        $this->redis = RedisProcess::shared()->client();
    }

    protected function tearDown(): void
    {
        $this->application->remove();
    }

    public function testServersAreSharedEvenlyAndTakenOverWithinTheLease(): void
    {
        $this->configure(new FakeAsteriskProcess(4), leaseSeconds: 4.0);
        $first = $this->worker();
        $this->waitForOwners([4]);
        $second = $this->worker();
        $this->waitForOwners([2, 2]);
        $second->kill();
        // Others see within the last quarter of the time that the lease ran out.
        foreach ($this->redis->keys('app_ami:lease:*') as $key) {
            self::assertLessThanOrEqual(3_000, $this->redis->pttl($key), $key);
        }
        $this->waitForOwners([4]);
        self::assertTrue($first->isRunning());
    }

    public function testAPlannedHandoverLosesAndDoublesNothing(): void
    {
        $this->configure(new FakeAsteriskProcess(2, '--flood', '300', '--write-timeout-ms', '0'));
        $first = $this->worker();
        $this->waitForOwners([2]);
        $second = $this->worker();
        $this->waitForOwners([1, 1]);
        $first->signal(SIGTERM);
        self::assertSame(0, $first->wait(), $first->output());
        $this->waitForOwners([2]);
        $from = $this->redis->xLen('app_ami:events');
        Wait::until(fn(): bool => $this->redis->xLen('app_ami:events') > ($from + 200), 'events of the successor');
        self::assertStringContainsString('is taken over from', $second->output());

        $serials = $gaps = [];
        foreach ($this->entries() as $entry) {
            if ($entry['k'] === 'gap') {
                $gaps[] = $entry;
            } elseif ($entry['k'] === 'event') {
                $serial = array_column($entry['h'], 1, 0)['AccountCode'] ?? null;
                if ($serial !== null) {
                    $serials[$entry['s']][] = (int) $serial;
                }
            }
        }
        self::assertSame([], $gaps);
        foreach ($serials as $server => $list) {
            self::assertSame(range($list[0], end($list)), $list, $server);
        }
    }

    public function testMaxTimeHandsOverBeforeItEnds(): void
    {
        $this->configure(new FakeAsteriskProcess(2, '--flood', '100', '--write-timeout-ms', '0'));
        $first = $this->worker('--max-time=8');
        $this->waitForOwners([2]);
        $second = $this->worker();
        self::assertSame(0, $first->wait(), $first->output());
        self::assertSame('max_time', $first->lines('stopped')[0]['reason']);
        $this->waitForOwners([2]);
        Wait::until(
            static fn(): bool => substr_count($second->output(), 'is taken over from') === 2,
            'both servers were handed over',
        );
        self::assertNotContains('gap', array_column($this->entries(), 'k'));
    }

    public function testServersMayBeNamedByNumbers(): void
    {
        $asterisk = new FakeAsteriskProcess(2, '--flood', '100', '--write-timeout-ms', '0');
        $this->configure($asterisk, array_combine(['7', '8'], array_values($asterisk->servers())));
        $first = $this->worker();
        $this->waitForOwners([2]);
        $second = $this->worker();
        $this->waitForOwners([1, 1]);
        $first->signal(SIGTERM);
        self::assertSame(0, $first->wait(), $first->output());
        $this->waitForOwners([2]);
        self::assertNotContains('gap', array_column($this->entries(), 'k'));
        foreach ([['ami:status'], ['ami:history', '7'], ['ami:send', 'Ping', '--server=8']] as $arguments) {
            $command = $this->application->artisan($arguments, ['REDIS_PORT' => (string) RedisProcess::port()]);
            self::assertSame(0, $command->wait(), $command->output());
        }
        $other = $this->application->artisan(['ami:listen', '--server=7'], [
            'REDIS_PORT' => (string) RedisProcess::port(),
        ]);
        self::assertSame(1, $other->wait());
        self::assertStringContainsString('7 is held by ', $other->output());
        self::assertTrue($second->isRunning());
        self::assertStringNotContainsString(
            'TypeError',
            (string) @file_get_contents("{$this->application->path}/storage/logs/laravel.log"),
        );
    }

    public function testManyServersAreHandedOverWithinTheDrainAndWithoutAGap(): void
    {
        // One account's servers, many sessions: what matters is how many handovers a drain has time for.
        $count = (int) getenv('AMI_HANDOVER_SERVERS') ?: 75;
        $asterisk = new FakeAsteriskProcess(2 * $count);
        $this->configure($asterisk);
        $first = $this->worker();
        $ready = static fn(ArtisanProcess $worker): int => substr_count($worker->output(), '"to":"ready"');
        Wait::until(static fn(): bool => $ready($first) === (2 * $count), 'all sessions');
        $second = $this->worker();
        $this->waitForOwners([$count, $count]);
        Wait::until(static fn(): bool => $ready($second) === $count, 'all sessions of the second');
        $began = microtime(as_float: true);
        $first->signal(SIGTERM);
        self::assertSame(0, $first->wait(), $first->output());
        fwrite(STDERR, sprintf("\n  $count servers handed over in %.1f s\n", microtime(as_float: true) - $began));
        $this->waitForOwners([2 * $count]);
        self::assertSame(0, substr_count($second->output(), 'may be missing'), 'gaps');
        self::assertNotContains('gap', array_column($this->entries(), 'k'));
    }

    public function testWhatAWorkerAsksRedisDoesNotGrowWithItsServers(): void
    {
        $commands = [];
        foreach ([2, 60] as $count) {
            $this->redis->flushAll();
            $this->configure(new FakeAsteriskProcess($count));
            $worker = $this->worker();
            Wait::until(
                static fn(): bool => substr_count($worker->output(), '"to":"ready"') === $count,
                'all sessions',
            );
            $stats = fn(): array => RedisProcess::calls($this->redis);
            // Three reports of the worker of two records each, one a second: within them it renews and looks twice at least.
            $heartbeats = static fn(array $of): int => intdiv($of['setex'] ?? 0, 2);
            $from = $heartbeats($stats()) + 1;
            Wait::until(static fn(): bool => $heartbeats($stats()) === $from, 'a report');
            $before = $stats();
            Wait::until(static fn(): bool => $heartbeats($stats()) >= ($from + 3), 'three reports');
            $after = $stats();
            // Not those that scripts are made of.
            $commands[$count] = 0;
            foreach (['evalsha', 'get', 'mget', 'set', 'setex', 'incrby'] as $command) {
                $commands[$count] += ($after[$command] ?? 0) - ($before[$command] ?? 0);
            }
            $worker->signal(SIGTERM);
            self::assertSame(0, $worker->wait());
        }
        // It looks some three times in that time: a question a server each would be 180 more.
        self::assertLessThan(120, $commands[60] - $commands[2], json_encode($commands, JSON_THROW_ON_ERROR));
    }

    public function testAWorkerAsksARedisThatIsFarAwayLessOften(): void
    {
        $this->configure(new FakeAsteriskProcess(1));
        $proxy = new DelayingProxy(RedisProcess::port(), 40);
        $this->application->artisan(['ami:listen', '--cluster'], ['REDIS_PORT' => (string) $proxy->port]);
        $this->waitForOwners([1]);
        $questions = fn(): int => RedisProcess::calls($this->redis)['evalsha'];
        [$before, $began] = [$questions(), microtime(true)];
        Wait::until(static fn(): bool => $questions() >= ($before + 20), 'twenty questions');
        // One each 50 ms, and 40 ms for its answer, would be twenty in less than two seconds.
        self::assertGreaterThan(4.0, microtime(true) - $began);
        $proxy->stop();
    }

    public function testApplicationsThatShareAPrefixDoNotShareServers(): void
    {
        $asterisk = new FakeAsteriskProcess(2);
        ['pbx1' => $one, 'pbx2' => $two] = $asterisk->servers();
        $this->configure($asterisk, ['pbx1' => $one]);
        $this->worker();
        $this->waitForOwners([1]);
        $other = new Skeleton();
        $environment = ['REDIS_PORT' => (string) RedisProcess::port()];
        $other->configure(['redis' => 'default', 'servers' => ['pbx1' => $two]]);
        $worker = $other->artisan(['ami:listen', '--cluster'], $environment);
        $message = "pbx1 is at 127.0.0.1:{$two['port']} here, and";
        $worker->waitForOutput($message)->waitForOutput('give each its own AMI_PREFIX');
        $sent = $other->artisan(['ami:send', 'Ping'], $environment);
        self::assertSame(1, $sent->wait());
        self::assertMatchesRegularExpression("/holds it\s+at\s+127\.0\.0\.1:{$one['port']},/", $sent->output());
        $worker->kill();
        // With a prefix of its own it has its own server.
        $other->configure(['redis' => 'default', 'prefix' => 'staging:', 'servers' => ['pbx1' => $two]]);
        $other->artisan(['ami:listen', '--cluster'], $environment)->waitForOutput('"to":"ready"');
        self::assertSame(1, $this->redis->exists('app_staging:lease:pbx1'));
        $other->remove();
    }

    public function testAnOwnerThatCannotRenewClosesItsSessions(): void
    {
        $redis = new RedisProcess();
        $this->configure(new FakeAsteriskProcess(2), leaseSeconds: 4.0);
        $worker = $this->application->artisan(['ami:listen', '--cluster'], ['REDIS_PORT' => (string) $redis->port]);
        $told = static fn(string $what): int => substr_count($worker->output(), $what);
        Wait::until(static fn(): bool => $told('"to":"ready"') >= 2, 'two sessions');
        $redis->stop();
        $worker->waitForOutput('pbx1 is lost: its lease could not be renewed')->waitForOutput('pbx2 is lost');
        Wait::until(static fn(): bool => $told('"to":"disconnected","reason":"requested"') >= 2, 'both are closed');
        $again = new RedisProcess($redis->port);
        Wait::until(static fn(): bool => $told('"to":"ready"') >= 4, 'both are held again');
        $worker->signal(SIGTERM);
        self::assertSame(0, $worker->wait());
        $again->stop();
    }

    public function testAWorkerThatStoodStillBeyondItsLeaseKeepsWhatNobodyTook(): void
    {
        $this->configure(new FakeAsteriskProcess(1, '--flood', '100', '--write-timeout-ms', '0'), leaseSeconds: 2.0);
        $worker = $this->worker()->waitForOutput('"to":"ready"');
        $entries = fn(): int => (int) $this->redis->xLen('app_ami:events');
        Wait::until(static fn(): bool => $entries() > 50, 'events');
        $worker->stop();
        $before = $entries();
        Wait::until(fn(): bool => $this->redis->exists('app_ami:lease:pbx1') === 0, 'its lease ends');
        $worker->signal(SIGCONT);
        Wait::until(static fn(): bool => $entries() > ($before + 400), 'events again');
        self::assertStringNotContainsString('is lost', $worker->output());
        self::assertNotContains('gap', array_column($this->entries(), 'k'));
        self::assertCount(1, array_unique(array_column($this->entries(), 'f')), 'its ids continue');
    }

    public function testARedisThatHangsHoldsNoWorkerUp(): void
    {
        $asterisk = new FakeAsteriskProcess(3);
        $redis = new RedisProcess();
        $this->application->configure([
            'redis' => 'default',
            'servers' => $asterisk->servers(),
            'cluster' => ['lease' => 4.0, 'handover' => 2.0],
            'stream' => ['events' => ['*']],
        ]);
        $worker = $this->application->artisan(['ami:listen', '--cluster'], [
            'REDIS_PORT' => (string) $redis->port,
        ]);
        Wait::until(static fn(): bool => substr_count($worker->output(), '"to":"ready"') >= 3, 'three sessions');
        $redis->stand();
        $worker->waitForOutput('pbx3 is lost: its lease could not be renewed')->signal(SIGTERM);
        self::assertSame(0, $worker->wait(), $worker->output());
        self::assertSame(1, substr_count($worker->output(), 'Redis is away'), 'it is said once');
        $redis->stop();
    }

    public function testServersThatHangHoldUpItsEndOnceAndItIsInTheRecordsUntilThen(): void
    {
        $asterisk = new FakeAsteriskProcess(12);
        $this->application->configure([
            'redis' => 'default',
            'servers' => $asterisk->servers(),
            'listen' => ['grace' => 3.0],
        ]);
        $worker = $this->worker();
        Wait::until(static fn(): bool => substr_count($worker->output(), '"to":"ready"') === 12, 'all sessions');
        $asterisk->stand();
        $worker->signal(SIGTERM);
        // One after the other they would take 36 s.
        Wait::until(fn(): bool => $this->redis->keys('app_ami:worker:*') === [], 'it is out of the records', 25.0);
        self::assertSame([], $this->redis->keys('app_ami:lease:*'));
        self::assertSame(0, $worker->wait());
    }

    public function testAStartThatFailsLeavesNoLeaseBehind(): void
    {
        $this->configure(new FakeAsteriskProcess());
        $worker = $this->application->artisan(['ami:listen', '--all', '--metrics=nowhere'], [
            'REDIS_PORT' => (string) RedisProcess::port(),
        ]);
        self::assertSame(1, $worker->wait());
        self::assertStringContainsString('--metrics=nowhere', $worker->output());
        self::assertSame([], $this->redis->keys('app_ami:lease:*'));
    }

    public function testWhereTheAccountForbidsTwoLoginsAGapTellsOfTheHandover(): void
    {
        $process = proc_open(
            [PHP_BINARY, dirname(__DIR__) . '/Support/single-login.php'],
            [1 => ['pipe', 'w']],
            $pipes,
        );
        self::assertNotFalse($process);
        try {
            $server = ['host' => '127.0.0.1', 'port' => (int) fgets($pipes[1]), 'username' => 'a', 'secret' => 'b'];
            $this->application->configure([
                'redis' => 'default',
                'servers' => ['pbx1' => $server],
                'stream' => ['events' => ['*']],
            ]);
            $first = $this->worker();
            $first->waitForOutput('"to":"ready"');
            $told = "{$this->application->path}/told";
            $this->application->onBoot(
                "Illuminate\Support\Facades\Event::listen(fn (Apn\AmiClient\Laravel\Events\AmiServerDown \$e) => touch('$told'));",
            );
            $second = $this->worker();
            $second->waitForOutput('"type":"started"');
            $known = fn(): array => (array) unserialize((string) $this->redis->get('app_ami:records'));
            Wait::until(static fn(): bool => count($known()) === 2, 'two workers');
            $first->signal(SIGTERM);
            self::assertSame(0, $first->wait());
            $second->waitForOutput('"reason":"login_in_use"')->waitForOutput('"to":"ready"');
            Wait::until(
                fn(): bool => (
                    count(array_unique(array_column($this->entries(), 'f'))) === 2
                    && $this->last()['k'] === 'event'
                ),
                'events of the successor',
            );
            self::assertFileDoesNotExist($told, 'the server was never down');
        } finally {
            proc_terminate($process, SIGKILL);
            proc_close($process);
        }
        $fence = $this->last()['f'];
        $kinds = array_column(
            array_filter($this->entries(), static fn(array $entry): bool => $entry['f'] === $fence),
            'k',
        );
        self::assertSame(['gap', 'event'], array_slice($kinds, 0, 2));
        self::assertSame('handover', array_column($this->entries(), 'cause')[0]);
    }

    /** @return array<string, mixed> */
    private function last(): array
    {
        $entries = $this->entries();

        return $entries === [] ? [] : $entries[array_key_last($entries)];
    }

    /** @return list<array<string, mixed>> */
    private function entries(): array
    {
        return array_map(static fn(array $fields): array => json_decode(
            $fields['e'],
            associative: true,
        ), array_values($this->redis->xRange('app_ami:events', '-', '+')));
    }

    /** @param ?array<array-key, array<string, mixed>> $servers */
    private function configure(FakeAsteriskProcess $asterisk, ?array $servers = null, float $leaseSeconds = 10.0): void
    {
        $this->application->configure([
            'redis' => 'default',
            'servers' => $servers ?? $asterisk->servers(),
            'cluster' => ['lease' => $leaseSeconds],
            'stream' => ['events' => ['*']],
        ]);
    }

    private function worker(string ...$options): ArtisanProcess
    {
        return $this->application->artisan(['ami:listen', '--cluster', ...$options], [
            'REDIS_PORT' => (string) RedisProcess::port(),
        ]);
    }

    /** @param list<int> $counts servers of each worker that has any */
    private function waitForOwners(array $counts): void
    {
        Wait::until(
            function () use ($counts): bool {
                $owners = [];
                foreach ($this->redis->keys('app_ami:lease:*') as $key) {
                    $owners[] = $this->redis->hGet($key, 'owner');
                }
                $found = array_values(array_count_values(array_filter($owners, is_string(...))));
                sort($found);

                return $found === $counts;
            },
            'owners ' . json_encode($counts),
        );
    }
}
