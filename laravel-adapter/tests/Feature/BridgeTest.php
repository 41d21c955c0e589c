<?php

declare(strict_types=1);

namespace Apn\AmiClient\Laravel\Tests\Feature;

use Apn\AmiClient\Laravel\Bridge\DeadLetters;
use Apn\AmiClient\Laravel\Bridge\StreamReader;
use Apn\AmiClient\Laravel\Bridge\StreamWriter;
use Apn\AmiClient\Laravel\Cluster\Leases;
use Apn\AmiClient\Laravel\Config\Settings;
use Apn\AmiClient\Laravel\Console\StatusReport;
use Apn\AmiClient\Laravel\Events\AmiEventReceived;
use Apn\AmiClient\Laravel\Redis\Store;
use Apn\AmiClient\Laravel\Tests\Support\FakeAsteriskProcess;
use Apn\AmiClient\Laravel\Tests\Support\Port;
use Apn\AmiClient\Laravel\Tests\Support\RedisProcess;
use Apn\AmiClient\Laravel\Tests\Support\Wait;
use Illuminate\Support\Facades\Event;
use RuntimeException;

/** The Redis stream between ami:listen --bridge=redis and ami:consume. */
final class BridgeTest extends RedisTestCase
{
    public function testEventsCrossTheBridgeAsTheyCame(): void
    {
        $this->configure(new FakeAsteriskProcess(1, '--rate', '100'));
        $worker = $this->process('ami:listen --bridge=redis --event=Hangup');
        $seen = [];
        Event::listen(static function (AmiEventReceived $received) use (&$seen): void {
            $seen[] = $received;
        });
        // An event is printed before it is written, and --once takes what is there.
        Wait::until(fn(): bool => $this->entries('event') !== [], 'an event in the stream');
        $this->artisan('ami:consume', ['--once' => true, '--from' => '0'])->assertExitCode(0);
        $sent = $worker->lines('event')[0];
        self::assertSame('pbx1', $seen[0]->event->serverKey);
        self::assertSame($sent['headers'], $seen[0]->event->getHeaders());
        self::assertSame($sent['sequence'], $seen[0]->event->sequence);
        self::assertEqualsWithDelta($sent['received_at'], $seen[0]->event->receivedAt, 1e-6);
        self::assertSame('pbx1:1:1', $seen[0]->id);
    }

    public function testWhatFailsIsGivenAgainAndEndsAmongTheDeadLetters(): void
    {
        $this->configure(new FakeAsteriskProcess());
        $this->write(3);
        $attempts = [];
        $isBroken = true;
        Event::listen(static function (AmiEventReceived $received) use (&$attempts, &$isBroken): void {
            $attempts[] = $received->id;
            if ($isBroken && $received->id === 'pbx1:1:2') {
                throw new RuntimeException('no such customer');
            }
        });
        Wait::until(function (): bool {
            $this->artisan('ami:consume', ['--once' => true, '--from' => '0'])->run();

            return $this->app->make(DeadLetters::class)->count() === 1;
        }, 'a dead letter');
        self::assertSame(['pbx1:1:1' => 1, 'pbx1:1:2' => 3, 'pbx1:1:3' => 1], array_count_values($attempts));
        self::assertSame(0, $this->group('app')['pending']);
        $this->artisan('ami:failed')->expectsOutputToContain('no such customer')->assertExitCode(0);
        $isBroken = false;
        $this->artisan('ami:failed:retry', ['id' => ['all']])->assertExitCode(0);
        self::assertSame('pbx1:1:2', end($attempts));
        self::assertSame(0, $this->app->make(DeadLetters::class)->count());
    }

    public function testWhatADeadConsumerLeftIsClaimed(): void
    {
        $this->configure(new FakeAsteriskProcess());
        $this->skeleton->onBoot('Illuminate\Support\Facades\Event::listen(function (Apn\AmiClient\Laravel\Events\AmiEventReceived $e) {
            posix_kill(getmypid(), SIGKILL);
        });');
        $this->write(2);
        self::assertSame(128 + SIGKILL, $this->process('ami:consume --from=0')->wait());
        self::assertSame(2, $this->group('app')['pending']);
        $seen = 0;
        Event::listen(static function (AmiEventReceived $received) use (&$seen): void {
            ++$seen;
        });
        Wait::until(function () use (&$seen): bool {
            $this->artisan('ami:consume', ['--once' => true])->run();

            return $seen === 2;
        }, 'both entries');
    }

    public function testWhatASlowConsumerHasInHandIsNotClaimed(): void
    {
        $this->configure(new FakeAsteriskProcess(), ['bridge' => ['claim_after' => 4.0]]);
        $seen = "{$this->skeleton->path}/seen";
        $this->skeleton->onBoot(<<<PHP
            Illuminate\Support\Facades\Event::listen(function (Apn\AmiClient\Laravel\Events\AmiEventReceived \$event) {
                usleep(150000);
                file_put_contents('$seen', \$event->id . "\n", FILE_APPEND);
            });
            PHP);
        $this->write(50);
        $consumers = [$this->process('ami:consume --from=0'), $this->process('ami:consume --from=0')];
        foreach ($consumers as $consumer) {
            $consumer->waitForOutput('Consuming');
        }
        Wait::until(
            fn(): bool => count(@file($seen) ?: []) >= 50 && $this->group('app')['pending'] === 0,
            'all are handled',
        );
        self::assertSame([1], array_values(array_unique(array_count_values(file($seen)))));
        foreach ($consumers as $consumer) {
            $consumer->signal(SIGTERM);
            self::assertSame(0, $consumer->wait());
        }
    }

    public function testEntriesOfAWorkerThatLostTheServerAreRefused(): void
    {
        $this->configure(new FakeAsteriskProcess());
        $leases = $this->app->make(Leases::class);
        $leases->acquire('pbx1', 'first');
        $this->write(1, fence: 1);
        $leases->acquire('pbx1', 'second', force: true);
        // The first one's writer is refused by Redis.
        $writer = $this->write(1, fence: 1);
        self::assertSame(1, $writer->refusedCount);
        $this->write(1, fence: 2);
        // A writer that asks nobody is refused by the consumers.
        $this->redis->rawCommand('XADD', self::STREAM, '*', 'e', json_encode([
            'k' => 'event',
            's' => 'pbx1',
            'f' => 1,
            'n' => 9,
            't' => 1.0,
            'q' => 9,
            'h' => [['Event', 'Late']],
        ]));
        $seen = [];
        Event::listen(static function (AmiEventReceived $received) use (&$seen): void {
            $seen[] = $received->id;
        });
        $this
            ->artisan('ami:consume', ['--once' => true, '--from' => '0'])
            ->expectsOutputToContain('1 refused as stale')
            ->run();
        self::assertSame(['pbx1:1:1', 'pbx1:2:1'], $seen);
    }

    public function testABatchThatIsWrittenAgainIsNotDoubled(): void
    {
        $this->configure(new FakeAsteriskProcess());
        $this->write(5);
        $this->write(5);
        self::assertCount(5, $this->entries('event'));
    }

    public function testEntriesTrimmedUnreadAreCountedAsLost(): void
    {
        $this->configure(new FakeAsteriskProcess(), ['bridge' => ['max_length' => 100]]);
        $this->artisan('ami:consume', ['--once' => true, '--from' => '0'])->run();
        $this->write(1_000);
        $left = $this->redis->xLen(self::STREAM);
        self::assertLessThan(1_000, $left);
        $this->artisan('ami:consume', ['--once' => true])->run();
        self::assertSame(1_000 - $left, $this->group('app')['lost']);
        self::assertEqualsWithDelta(time(), $this->group('app')['lost_at'], 60.0);
        $status = $this->app->make(StatusReport::class);
        self::assertContains(
            'group app: entries were trimmed unread, ' . (1_000 - $left) . ' up to now',
            $status->make()['problems'],
        );
        // An hour later it is no news any more, and still counted.
        $this->redis->hSet('app_ami:lost', 'app:at', (string) (time() - 3_601));
        self::assertSame([], preg_grep('/trimmed/', $status->make()['problems']));
        $port = Port::free();
        $worker = $this->process("ami:listen --bridge=redis --metrics=127.0.0.1:$port");
        $worker->waitForOutput('"to":"ready"');
        self::assertStringContainsString(
            'ami_consumer_lost_total{group="app"} ' . (1_000 - $left),
            (string) file_get_contents("http://127.0.0.1:$port/metrics"),
        );
    }

    public function testAConsumerGoesOnWithARedisThatLostItsMemory(): void
    {
        $this->configure(new FakeAsteriskProcess());
        $seen = "{$this->skeleton->path}/seen";
        $this->skeleton->onBoot(
            "Illuminate\Support\Facades\Event::listen(fn (Apn\AmiClient\Laravel\Events\AmiEventReceived \$e) => file_put_contents('$seen', \$e->id . \"\\n\", FILE_APPEND));",
        );
        $consumer = $this->process('ami:consume')->waitForOutput('Consuming');
        $this->redis->flushAll();
        $this->write(2);
        Wait::until(static fn(): bool => (string) @file_get_contents($seen) === "pbx1:1:1\npbx1:1:2\n", 'both entries');
        $consumer->signal(SIGTERM);
        self::assertSame(0, $consumer->wait());
    }

    public function testConsumersThatAreLongGoneAreForgotten(): void
    {
        $this->configure(new FakeAsteriskProcess());
        $reader = new StreamReader($this->app->make(Store::class), $this->app->make(Settings::class), 'app', 'alive');
        $reader->open('$');
        $reader->read(0.0);
        self::assertSame(1, $this->group('app')['consumers']);
        $reader->forgetTheDead();
        self::assertCount(1, $this->redis->xInfo('CONSUMERS', self::STREAM, 'app'));
        $reader->forgetTheDead(idleSeconds: -1.0);
        self::assertSame([], $this->redis->xInfo('CONSUMERS', self::STREAM, 'app'));
    }

    public function testWhileRedisIsAwayEventsWaitWithinTheirBoundAndTheRestIsTold(): void
    {
        $this->configure(new FakeAsteriskProcess(), ['bridge' => ['buffer_bytes' => 65_536]]);
        $writer = $this->app->make(StreamWriter::class);
        $port = config('database.redis.default.port');
        config()->set('database.redis.default.port', 1);
        $this->app->forgetInstance('redis');
        $this->app->forgetInstance(\Apn\AmiClient\Laravel\Redis\Store::class);
        $away = $this->app->make(StreamWriter::class);
        self::add($away, 1_000, fence: 1);
        self::assertTrue($away->isAway);
        self::assertGreaterThan(0, $away->droppedCount);
        self::assertSame(1_000, $away->droppedCount + $away->waitingCount());
        self::assertSame(0, $writer->droppedCount);
        self::assertGreaterThan(1, $port);
    }

    public function testAWorkerOutlivesItsRedisAndLosesNothingThatItCouldKeep(): void
    {
        $this->configure(new FakeAsteriskProcess(1, '--rate', '100', '--write-timeout-ms', '0'));
        $redis = new RedisProcess();
        $worker = $this->process('ami:listen --all --bridge=redis', ['REDIS_PORT' => (string) $redis->port]);
        Wait::until(static fn(): bool => $redis->client()->xLen(self::STREAM) > 50, 'entries');
        // A worker that stands still is no step ahead of what is looked at: what Redis has then is what goes with it.
        $worker->stop();
        $before = $this->serials($redis->client());
        $redis->stop();
        $worker->signal(SIGCONT);
        $worker->waitForOutput('Redis is away');
        $again = new RedisProcess($redis->port);
        Wait::until(static fn(): bool => $again->client()->xLen(self::STREAM) > 200, 'entries again');
        $after = $this->serials($again->client());
        self::assertSame(range($after[0], $after[array_key_last($after)]), $after);
        // What the old Redis had when it went, it took along; the rest waited for the new one.
        self::assertSame($before[array_key_last($before)] + 1, $after[0]);
        $worker->signal(SIGTERM);
        self::assertSame(0, $worker->wait());
        $again->stop();
    }

    /** @return list<int> */
    private function serials(\Redis $redis): array
    {
        $serials = [];
        foreach ($redis->xRange(self::STREAM, '-', '+') as $fields) {
            $entry = json_decode($fields['e'], associative: true);
            $serial = array_column($entry['h'] ?? [], 1, 0)['AccountCode'] ?? null;
            if ($serial !== null) {
                $serials[] = (int) $serial;
            }
        }

        return $serials;
    }

    private function write(int $count, int $fence = 1): StreamWriter
    {
        $writer = $this->app->make(StreamWriter::class);
        self::add($writer, $count, $fence);
        self::assertTrue($writer->flush(microtime(as_float: true)));

        return $writer;
    }

    private static function add(StreamWriter $writer, int $count, int $fence): void
    {
        for ($number = 1; $number <= $count; ++$number) {
            $headers = [
                ['Event',   'Hangup'],
                ['Channel', "PJSIP/alice-$number"],
            ];
            $writer->add('event', 'pbx1', $fence, 1.0, ['q' => $number, 'h' => $headers], microtime(as_float: true));
        }
    }
}
