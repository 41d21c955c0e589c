<?php

declare(strict_types=1);

namespace Apn\AmiClient\Laravel\Tests\Cluster;

use Apn\AmiClient\Laravel\Tests\Feature\RedisTestCase;
use Apn\AmiClient\Laravel\Tests\Support\ArtisanProcess;
use Apn\AmiClient\Laravel\Tests\Support\DelayingProxy;
use Apn\AmiClient\Laravel\Tests\Support\FakeAsteriskProcess;
use Apn\AmiClient\Laravel\Tests\Support\RedisProcess;
use Apn\AmiClient\Laravel\Tests\Support\Wait;
use PHPUnit\Framework\Attributes\DataProvider;
use PHPUnit\Framework\Attributes\Group;

/**
 * What an event costs, in CPU time, so that other load on the machine matters little. For the table of docs/laravel-operations.md.
 *
 *     tools/laravel -l 13 --group sizing laravel-adapter/tests
 */
#[Group('sizing')]
final class SizingTest extends RedisTestCase
{
    private const float SECONDS = 6.0;
    private const string READER = 'Apn\AmiClient\Laravel\Facades\Ami::reader("board")->on("*", function ($e) { $e->get("Channel"); });';
    private const string JOB = 'Apn\AmiClient\Laravel\Facades\Ami::on("*", App\QueuedListener::class);';
    private const string LISTENER = 'Illuminate\Support\Facades\Event::listen(function (Apn\AmiClient\Laravel\Events\AmiEventReceived $e) { $e->event->get("Channel"); });';

    /** @return array<string, array{string, string, int}> what runs, what boots, events a second */
    public static function ways(): array
    {
        return [
            'nothing subscribed' => ['ami:listen --all', '', 10_000],
            'one event of many, by where' => [
                'ami:listen --all',
                'Apn\AmiClient\Laravel\Facades\Ami::on("VarSet", fn ($e) => null, ["Variable" => "NONE"]);',
                10_000,
            ],
            'every event to a listener' => ['ami:listen --all', self::LISTENER, 5_000],
            'every event to the stream' => ['ami:listen --all', self::READER, 5_000],
            'every event to a queued job' => ['ami:listen --all', self::JOB, 5_000],
        ];
    }

    #[DataProvider('ways')]
    public function testAWorker(string $command, string $boot, int $rate): void
    {
        $this->configure(new FakeAsteriskProcess(4, '--flood', (string) intdiv($rate, 4), '--write-timeout-ms', '0'));
        $this->skeleton->onBoot($boot);
        $worker = $this->process($command);
        Wait::until(static fn(): bool => substr_count($worker->output(), '"to":"ready"') === 4, 'four sessions');
        [$cpu, $events, $seconds] = $this->measure($worker, $this->done(...));
        $this->show($this->dataName(), $events / $seconds, $cpu / $events, $worker);
        self::assertGreaterThan(1_000, $events);
    }

    public function testAReader(): void
    {
        $this->configure(new FakeAsteriskProcess(4, '--flood', '1000', '--write-timeout-ms', '0'), ['stream' => [
            'max_length' => 5_000_000,
        ]]);
        $this->skeleton->onBoot(self::READER);
        $this->process('ami:listen --all');
        $reader = $this->process('ami:read board --from=0')->waitForOutput('Reading');
        [$cpu, $events, $seconds] = $this->measure(
            $reader,
            fn(): int => (int) $this->redis->hGet('app_ami:reader:board', 'count'),
        );
        $this->show('a reader with a listener', $events / $seconds, $cpu / $events, $reader);
        self::assertGreaterThan(1_000, $events);
    }

    /** @return array<string, array{string}> what boots */
    public static function sinks(): array
    {
        return [
            'the stream, Redis 22 ms away' => [self::READER],
            'jobs, Redis 22 ms away' => [self::JOB],
            'both, Redis 22 ms away' => [self::READER . self::JOB],
        ];
    }

    /** As a Redis in another place: every answer comes so many milliseconds late. */
    #[DataProvider('sinks')]
    public function testARedisFarAwayDropsNothingAtFiveThousandEventsASecond(string $boot): void
    {
        $asterisk = new FakeAsteriskProcess(4, '--flood', '1250', '--write-timeout-ms', '0');
        $this->configure($asterisk, ['stream' => ['max_length' => 10_000]]);
        $this->skeleton->onBoot($boot);
        $proxy = new DelayingProxy(RedisProcess::port(), 22);
        $worker = $this->process('ami:listen --all', ['REDIS_PORT' => (string) $proxy->port]);
        Wait::until(static fn(): bool => substr_count($worker->output(), '"to":"ready"') === 4, 'four sessions');
        [$cpu, $events, $seconds] = $this->measure($worker, $this->done(...));
        $this->show($this->dataName(), $events / $seconds, $cpu / $events, $worker);
        $workers = $this->app->make(\Apn\AmiClient\Laravel\Records\Records::class)->workers();
        $record = $workers[array_key_first($workers)];
        fwrite(
            STDERR,
            '  '
            . json_encode($record['sinks'])
            . ', dropped by the queues of the client: '
            . array_sum(array_column($record['servers'], 'eventsDropped'))
            . "\n",
        );
        self::assertSame(0, array_sum(array_column($record['sinks'], 'dropped')));
        $proxy->stop();
    }

    /**
     * From one change of the count to another, since workers write theirs once a second only.
     *
     * @return array{float, int, float} CPU seconds, events and seconds
     */
    private function measure(ArtisanProcess $process, \Closure $count): array
    {
        sleep(2);
        $change = static function () use ($process, $count): array {
            $before = $count();
            Wait::until(static fn(): bool => $count() !== $before, 'the count changes');

            return [self::cpuSeconds($process->pid), $count(), microtime(true)];
        };
        $from = $change();
        usleep((int) (self::SECONDS * 1e6));
        $to = $change();

        return [$to[0] - $from[0], $to[1] - $from[1], $to[2] - $from[2]];
    }

    private function show(string|int $what, float $rate, float $cost, ArtisanProcess $process): void
    {
        preg_match('/VmRSS:\s+(\d+)/', (string) file_get_contents("/proc/{$process->pid}/status"), $memory);
        fwrite(STDERR, sprintf(
            "\n  %-28s %6d events/s, %5.1f us CPU an event, %d MB\n",
            $what,
            (int) $rate,
            $cost * 1e6,
            (int) $memory[1] / 1_024,
        ));
    }

    /** Events that the worker is done with: what it received and had no time for yet has cost nothing. */
    private function done(): int
    {
        $workers = $this->app->make(\Apn\AmiClient\Laravel\Records\Records::class)->workers();
        $servers = $workers[array_key_first($workers)]['servers'];
        $sum = static fn(string $figure): int => array_sum(array_column($servers, $figure));

        return $sum('eventsReceived') - $sum('queueDepth') - $sum('eventsDropped');
    }

    private static function cpuSeconds(int $pid): float
    {
        $fields = explode(' ', (string) preg_replace('/^.*\) /', '', (string) file_get_contents("/proc/$pid/stat")));

        return ((int) $fields[11] + (int) $fields[12]) / 100;
    }
}
