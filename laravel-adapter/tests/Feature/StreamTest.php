<?php

declare(strict_types=1);

namespace Apn\AmiClient\Laravel\Tests\Feature;

use Apn\AmiClient\AmiEvent;
use Apn\AmiClient\Laravel\Cluster\Leases;
use Apn\AmiClient\Laravel\Cluster\Stream\Entry;
use Apn\AmiClient\Laravel\Cluster\Stream\StreamWriter;
use Apn\AmiClient\Laravel\Console\StatusReport;
use Apn\AmiClient\Laravel\Events\AmiGap;
use Apn\AmiClient\Laravel\Facades\Ami;
use Apn\AmiClient\Laravel\Tests\Support\FakeAsteriskProcess;
use Apn\AmiClient\Laravel\Tests\Support\Port;
use Apn\AmiClient\Laravel\Tests\Support\RedisProcess;
use Apn\AmiClient\Laravel\Tests\Support\Wait;
use Illuminate\Support\Facades\Context;
use RuntimeException;

/** The event stream, and its readers. */
final class StreamTest extends RedisTestCase
{
    /** @var list<string> */
    private array $seen = [];

    /** @var list<AmiGap> */
    private array $gaps = [];

    public function testAReaderGetsTheEventsThatItNamesAsTheyCame(): void
    {
        $this->configure(new FakeAsteriskProcess(1, '--flood', '100'));
        $this->skeleton->onBoot('Apn\AmiClient\Laravel\Facades\Ami::reader("board")->on("Hangup", fn () => null);');
        $worker = $this->process('ami:listen --event=Hangup');
        Wait::until(fn(): bool => $this->entries('event') !== [], 'an event in the stream');
        $seen = [];
        Ami::reader('board')->on('Hangup', static function (AmiEvent $event, string $id) use (&$seen): void {
            $seen[] = [$event, $id];
        });
        $this->artisan('ami:read', ['reader' => 'board', '--once' => true, '--from' => '0'])->assertExitCode(0);
        $sent = $worker->lines('event')[0];
        [$event, $id] = $seen[0];
        self::assertSame('pbx1', $event->serverKey);
        self::assertSame($sent['headers'], $event->getHeaders());
        self::assertSame($sent['sequence'], $event->sequence);
        self::assertEqualsWithDelta($sent['received_at'], $event->receivedAt, 1e-6);
        self::assertSame("pbx1:{$this->entries('event')[0]['f']}:{$sent['sequence']}", $id);
        self::assertSame(
            [
                ['events' => ['Hangup'], 'where' => [], 'by' => 'the reader board'],
                [
                    'events' => ['Hangup'],
                    'where' => [],
                    'by' => 'the output',
                ],
            ],
            $worker->lines('started')[0]['subscriptions'],
        );
    }

    public function testReadersHaveListenersOfTheirOwn(): void
    {
        $this->configure(new FakeAsteriskProcess());
        $this->write(2);
        $seen = [];
        foreach (['app', 'board'] as $name) {
            Ami::reader($name)->on('Hangup', static function () use ($name, &$seen): void {
                $seen[] = $name;
            });
        }
        $this->artisan('ami:read', ['reader' => 'board', '--once' => true, '--from' => '0'])->assertExitCode(0);
        self::assertSame(['board', 'board'], $seen);
        $this->artisan('ami:read', ['reader' => 'app', '--once' => true, '--from' => '0'])->assertExitCode(0);
        self::assertSame(['board', 'board', 'app', 'app'], $seen);
    }

    public function testAReaderGoesOnInOrderWhereItsProcessDied(): void
    {
        $this->configure(new FakeAsteriskProcess());
        $seen = "{$this->skeleton->path}/seen";
        $this->skeleton->onBoot(<<<PHP
            Apn\AmiClient\Laravel\Facades\Ami::reader('board')->on('Hangup', function (\$event, string \$id) {
                file_put_contents('$seen', explode(':', \$id)[2] . "\n", FILE_APPEND);
                if (\$id === 'pbx1:1:150' && !file_exists('$seen-died')) {
                    touch('$seen-died');
                    posix_kill(getmypid(), SIGKILL);
                }
            });
            PHP);
        $this->write(300);
        $doomed = $this->process('ami:read board --from=0');
        $standby = $this->process('ami:read board --from=0');
        Wait::until(static fn(): bool => file_exists("$seen-died"), 'its death', 60.0);
        Wait::until(static fn(): bool => str_ends_with((string) file_get_contents($seen), "\n300\n"), 'the rest', 60.0);
        $numbers = array_map(intval(...), file($seen) ?: []);
        // What it had not remembered yet comes again, in order: nothing later came before it.
        $died = (int) array_search(150, $numbers, strict: true);
        self::assertSame(range(1, 150), array_slice($numbers, 0, $died + 1));
        $again = array_slice($numbers, $died + 1);
        self::assertSame(range($again[0], 300), $again);
        self::assertGreaterThan(0, $again[0]);
        self::assertLessThanOrEqual(151, $again[0]);
        foreach ([$doomed, $standby] as $process) {
            if ($process->isRunning()) {
                $process->signal(SIGTERM);
                self::assertSame(0, $process->wait());
            }
        }
    }

    public function testItEndsBetweenTwoEventsAndGoesOnBehindThem(): void
    {
        $this->configure(new FakeAsteriskProcess());
        $seen = "{$this->skeleton->path}/seen";
        $this->skeleton->onBoot(<<<PHP
            Apn\AmiClient\Laravel\Facades\Ami::reader('board')->on('Hangup', function (\$event, string \$id) {
                file_put_contents('$seen', explode(':', \$id)[2] . "\n", FILE_APPEND);
                usleep(100000);
            });
            PHP);
        $this->write(80);
        $reader = $this->process('ami:read board --from=0');
        Wait::until(static fn(): bool => count(@file($seen) ?: []) > 3, 'some events');
        $reader->signal(SIGTERM);
        self::assertSame(0, $reader->wait(5.0), 'not after its whole batch');
        $next = $this->process('ami:read board');
        Wait::until(static fn(): bool => count(@file($seen) ?: []) >= 80, 'all events');
        self::assertSame(range(1, 80), array_map(intval(...), file($seen) ?: []));
        $next->kill();
    }

    public function testWhatWasTrimmedUnreadIsToldBeforeWhatFollows(): void
    {
        $this->configure(new FakeAsteriskProcess(2), ['stream' => ['max_length' => 100]]);
        $this->remember();
        $this->write(1);
        $this->read('0');
        self::assertSame([['pbx1:1:1'], []], [$this->seen, $this->gaps]);
        $this->write(1_000, from: 2);
        $left = $this->redis->xLen(self::STREAM);
        self::assertLessThan(1_000, $left);
        $this->read();
        $lost = 1_001 - $left - 1;
        self::assertSame(
            [
                ['pbx1', 'trimmed', $lost],
                ['pbx2', 'trimmed', $lost],
            ],
            array_map(static fn(AmiGap $gap): array => [$gap->server, $gap->cause, $gap->dropped], $this->gaps),
        );
        self::assertSame(['gap', 'gap', 'pbx1:1:' . (1_001 - $left + 1)], array_slice($this->seen, 1, 3));
        self::assertSame($lost, $this->reader('board')['lost']);
        $problem = "reader board: entries were trimmed unread, $lost up to now";
        $status = $this->app->make(StatusReport::class);
        self::assertContains($problem, $status->make()['problems']);
        // An hour later it is no news any more, and still counted.
        $this->redis->hSet('app_ami:reader:board', 'lost_at', (string) (time() - 3_601));
        self::assertNotContains($problem, $status->make()['problems']);
        while ($this->reader('board')['behind'] > 0) {
            $this->read();
        }
        self::assertCount(2, $this->gaps, 'told once');
        self::assertSame('pbx1:1:1001', end($this->seen));
    }

    public function testAListenerThatThrowsIsReportedAndTheNextEventFollows(): void
    {
        $this->configure(new FakeAsteriskProcess());
        $this->write(3);
        Ami::reader('board')->on('Hangup', function (AmiEvent $event, string $id): void {
            $this->seen[] = $id;
            throw new RuntimeException('no such customer');
        });
        $this
            ->artisan('ami:read', ['reader' => 'board', '--once' => true, '--from' => '0'])
            ->expectsOutputToContain('0 handled, 3 failed')
            ->assertExitCode(0);
        self::assertSame(['pbx1:1:1', 'pbx1:1:2', 'pbx1:1:3'], $this->seen);
        $log = (string) file_get_contents("{$this->skeleton->path}/storage/logs/laravel.log");
        self::assertSame(1, substr_count($log, 'testing.ERROR: no such customer'));
    }

    public function testNothingOfOneEventIsLeftForTheNext(): void
    {
        $this->configure(new FakeAsteriskProcess());
        $this->app->scoped('counter', static fn(): \ArrayObject => new \ArrayObject());
        $this->write(3);
        Ami::reader('board')->on('Hangup', function (): void {
            app('counter')->append(1);
            $context = class_exists(Context::class) ? Context::push('events', 1)->get('events') : [1];
            $this->seen[] = count(app('counter')) . ' ' . count($context);
        });
        $this->read('0');
        self::assertSame(['1 1', '1 1', '1 1'], $this->seen);
    }

    public function testBytesThatAreNoUtf8ArriveWhole(): void
    {
        $this->configure(new FakeAsteriskProcess());
        $event = AmiEvent::fromArray('pbx1', ['Event' => 'Hangup', 'CallerIDName' => "M\xfcller"]);
        $writer = $this->app->make(StreamWriter::class);
        $writer->add('event', 'pbx1', 1, 1.0, Entry::fieldsOf($event));
        self::assertTrue($writer->flush());
        Ami::reader('board')->on('Hangup', function (AmiEvent $event): void {
            $this->seen[] = (string) $event->get('CallerIDName');
        });
        $this->read('0');
        self::assertSame(["M\xfcller"], $this->seen);
        self::assertSame("M\u{fffd}ller", array_column($this->entries()[0]['h'], 1, 0)['CallerIDName']);
    }

    public function testEntriesOfAWorkerThatLostTheServerAreRefused(): void
    {
        $this->configure(new FakeAsteriskProcess());
        $leases = $this->app->make(Leases::class);
        $first = $leases->acquire('pbx1', 'first')->fence;
        $this->write(1, fence: $first);
        $second = $leases->acquire('pbx1', 'second', force: true)->fence;
        $writer = $this->write(1, fence: $first);
        self::assertSame(1, $writer->refusedCount);
        $this->write(1, fence: $second);
        self::assertSame([$first, $second], array_column($this->entries(), 'f'));
    }

    public function testABatchThatIsWrittenAgainIsNotDoubled(): void
    {
        $this->configure(new FakeAsteriskProcess());
        $this->write(5);
        $this->write(5);
        self::assertCount(5, $this->entries('event'));
    }

    public function testABatchGrowsWithWhatWaits(): void
    {
        $this->configure(new FakeAsteriskProcess());
        $writer = $this->app->make(StreamWriter::class);
        self::add($writer, 900, fence: 1);
        $calls = fn(): int => RedisProcess::calls($this->redis)['evalsha'] ?? 0;
        $before = $calls();
        $writer->turn(microtime(as_float: true));
        self::assertCount(900, $this->entries('event'));
        self::assertLessThanOrEqual(1, $calls() - $before, 'round trips for 900 events');
    }

    public function testAReaderGoesOnWithARedisThatLostItsMemory(): void
    {
        $this->configure(new FakeAsteriskProcess());
        $seen = "{$this->skeleton->path}/seen";
        $this->skeleton->onBoot(
            "Apn\AmiClient\Laravel\Facades\Ami::reader('board')->on('*', fn (\$e, string \$id) => file_put_contents('$seen', \"\$id\\n\", FILE_APPEND));",
        );
        $reader = $this->process('ami:read board')->waitForOutput('Reading the event stream');
        Wait::until(fn(): bool => $this->redis->exists('app_ami:reader:board') === 1, 'its first look');
        $this->redis->flushAll();
        // Its next look finds nothing, and begins anew.
        Wait::until(fn(): bool => $this->redis->exists('app_ami:reader:board') === 1, 'its next look');
        $this->write(2);
        Wait::until(static fn(): bool => (string) @file_get_contents($seen) === "pbx1:1:1\npbx1:1:2\n", 'both entries');
        $reader->signal(SIGTERM);
        self::assertSame(0, $reader->wait());
    }

    public function testWhileRedisIsAwayEventsWaitWithinTheirBoundAndTheRestIsTold(): void
    {
        $this->configure(new FakeAsteriskProcess(), ['stream' => ['buffer_bytes' => 65_536]]);
        config()->set('database.redis.default.port', 1);
        $this->app->forgetInstance('redis');
        $this->app->forgetInstance(\Apn\AmiClient\Laravel\Cluster\Store::class);
        $away = $this->app->make(StreamWriter::class);
        self::add($away, 1_000, fence: 1);
        self::assertFalse($away->flush());
        self::assertTrue($away->isAway);
        self::assertGreaterThan(0, $away->droppedCount);
        self::assertGreaterThanOrEqual(1_000, $away->droppedCount + $away->status()['stream']['waiting']);
    }

    public function testAWorkerOutlivesItsRedisAndLosesNothingThatItCouldKeep(): void
    {
        $this->configure(new FakeAsteriskProcess(1, '--flood', '100', '--write-timeout-ms', '0'), [
            'stream' => ['events' => ['*']],
        ]);
        $redis = new RedisProcess();
        $worker = $this->process('ami:listen --all', ['REDIS_PORT' => (string) $redis->port]);
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
        $fences = array_column(array_map(static fn(array $fields): array => json_decode(
            $fields['e'],
            associative: true,
        ), array_values($again->client()->xRange(self::STREAM, '-', '+'))), 'f');
        self::assertGreaterThan(1_000_000_000, min($fences), 'no fence of the old Redis is given again');
        $worker->signal(SIGTERM);
        self::assertSame(0, $worker->wait());
        self::assertStringNotContainsString('is lost', $worker->output());
        $again->stop();
    }

    public function testTheMetricsShowTheStreamAndTheQueue(): void
    {
        $this->configure(new FakeAsteriskProcess(1, '--flood', '50'), ['stream' => ['events' => ['*']]]);
        $port = Port::free();
        $this->process("ami:listen --metrics=127.0.0.1:$port")->waitForOutput('"to":"ready"');
        Wait::until(
            static fn(): bool => (
                preg_match(
                    '/^ami_stream_written_total [1-9]\d*$/m',
                    (string) file_get_contents("http://127.0.0.1:$port/metrics"),
                ) === 1
            ),
            'entries',
        );
        self::assertStringContainsString(
            'ami_queue_waiting 0',
            (string) file_get_contents("http://127.0.0.1:$port/metrics"),
        );
    }

    private function remember(): void
    {
        Ami::reader('board')->on('Hangup', function (AmiEvent $event, string $id): void {
            $this->seen[] = $id;
        })->onGap(function (AmiGap $gap): void {
            $this->seen[] = 'gap';
            $this->gaps[] = $gap;
        });
    }

    private function read(string $from = '$'): void
    {
        $this
            ->artisan('ami:read', ['reader' => 'board', '--once' => true, '--from' => $from])
            ->assertExitCode(0)
            ->run();
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

    private function write(int $count, int $fence = 1, int $from = 1): StreamWriter
    {
        $writer = $this->app->make(StreamWriter::class);
        if ($from > 1) {
            // Numbers go on, as those of one worker do.
            $this->redis->hSet('app_ami:written', 'pbx1', '{"f":0,"n":0}');
        }
        self::add($writer, $count, $fence, $from);
        self::assertTrue($writer->flush());

        return $writer;
    }

    private static function add(StreamWriter $writer, int $count, int $fence, int $from = 1): void
    {
        for ($number = $from; $number < ($from + $count); ++$number) {
            $headers = [
                ['Event',   'Hangup'],
                ['Channel', "PJSIP/alice-$number"],
            ];
            $writer->add('event', 'pbx1', $fence, 1.0, ['q' => $number, 'h' => $headers]);
        }
    }
}
