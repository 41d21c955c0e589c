<?php

declare(strict_types=1);

namespace Apn\AmiClient\Laravel\Tests\Feature;

use Apn\AmiClient\Laravel\Bridge\DeadLetters;
use Apn\AmiClient\Laravel\Bridge\StreamWriter;
use Apn\AmiClient\Laravel\Cluster\Leases;
use Apn\AmiClient\Laravel\Events\AmiEventReceived;
use Apn\AmiClient\Laravel\Tests\Support\FakeAsteriskProcess;
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
        Wait::until(static fn(): bool => $worker->lines('event') !== [], 'an event');
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
