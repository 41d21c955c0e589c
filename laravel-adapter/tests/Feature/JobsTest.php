<?php

declare(strict_types=1);

namespace Apn\AmiClient\Laravel\Tests\Feature;

use Apn\AmiClient\AmiEvent;
use Apn\AmiClient\Laravel\Cluster\Leases;
use Apn\AmiClient\Laravel\Events\AmiGap;
use Apn\AmiClient\Laravel\Queue\ApplicationSink;
use Apn\AmiClient\Laravel\Tests\Support\FakeAsteriskProcess;
use Apn\AmiClient\Laravel\Tests\Support\RedisProcess;
use Apn\AmiClient\Laravel\Tests\Support\Wait;
use Apn\AmiClient\Laravel\Worker\ServerPool;
use App\RecordHangup;
use Illuminate\Support\Facades\Cache;
use Throwable;

/** Events that must be handled once: queued listeners and jobs, pushed in bulk by the worker. */
final class JobsTest extends RedisTestCase
{
    /** @var list<Throwable> */
    private array $reported = [];

    /** @var list<AmiGap> */
    private array $gaps = [];

    /** @var array<string, int> the terms below which they are over, by server */
    private array $fences = [];

    protected function setUp(): void
    {
        parent::setUp();
        config()->set('queue.default', 'redis');
    }

    public function testAJobCarriesTheEventAndItsIdInWhateverProcessRunsIt(): void
    {
        $this->configure(new FakeAsteriskProcess(1, '--flood', '50'));
        $this->skeleton->onBoot(
            'Apn\AmiClient\Laravel\Facades\Ami::on("Hangup", App\RecordHangup::class);'
            . 'Apn\AmiClient\Laravel\Facades\Ami::on("Hangup", App\QueuedListener::class);',
        );
        $worker = $this->process('ami:listen --event=Hangup');
        Wait::until(fn(): bool => $this->jobs() !== [] && $this->jobs('calls') !== [], 'jobs');
        $id = $this->jobs()[0]['ami'];
        self::assertSame($id, $this->jobs('calls')[0]['ami']);
        self::assertMatchesRegularExpression('/^pbx1:\d+:\d+$/', $id);
        self::assertSame([3, '1,5'], [$this->jobs('calls')[0]['maxTries'], $this->jobs('calls')[0]['backoff']]);
        self::assertSame(0, $this->process('queue:work --once --queue=default')->wait());
        self::assertSame(0, $this->process('queue:work --once --queue=calls')->wait());
        $event = $worker->lines('event')[0];
        [$channel, $receivedAt] = Cache::get('hung up');
        self::assertSame($event['headers']['channel'], $channel);
        self::assertEqualsWithDelta($event['received_at'], $receivedAt, 1e-6);
        self::assertSame($channel, Cache::get("queued $id"));
    }

    public function testASyncQueueIsRefusedWithTheWayOut(): void
    {
        $this->configure(new FakeAsteriskProcess());
        $this->skeleton->onBoot('Apn\AmiClient\Laravel\Facades\Ami::on("Hangup", App\RecordHangup::class);');
        $worker = $this->process('ami:listen', ['QUEUE_CONNECTION' => 'sync']);
        self::assertSame(1, $worker->wait());
        $said = (string) preg_replace('/\s+/', ' ', $worker->output());
        self::assertStringContainsString('config queue.connections.sync: App\RecordHangup is queued', $said);
        self::assertStringContainsString('set QUEUE_CONNECTION to redis or database', $said);
    }

    public function testEverythingThatListenersQueueIsPushedInBulk(): void
    {
        $jobs = $this->buffer();
        for ($number = 1; $number <= 250; ++$number) {
            $event = self::event($number);
            $jobs->during($event, "pbx1:7:$number", static fn() => dispatch(new RecordHangup($event)));
        }
        self::assertSame([250, []], [$jobs->status()['queue']['waiting'], $this->jobs()]);
        $jobs->turn(microtime(as_float: true));
        self::assertSame([0, 250], [$jobs->status()['queue']['waiting'], $jobs->writtenCount]);
        self::assertSame(
            array_map(static fn(int $number): string => "pbx1:7:$number", range(1, 250)),
            array_column($this->jobs(), 'ami'),
        );
    }

    public function testDelaysAndOtherQueuesKeepTheirMeaning(): void
    {
        $jobs = $this->buffer();
        dispatch(new \App\DelayedJob())->delay(60);
        dispatch(new \App\DelayedJob())->onQueue('other');
        dispatch(new \App\DelayedJob());
        self::assertTrue($jobs->flush());
        self::assertSame(1, $this->redis->zCard('app_queues:default:delayed'));
        self::assertCount(1, $this->jobs('other'));
        self::assertCount(1, $this->jobs());
    }

    public function testJobsOfATermThatIsOverAreNotPushed(): void
    {
        $jobs = $this->buffer();
        foreach (['pbx1:7:1', 'pbx2:9:1', 'pbx1:8:2'] as $number => $id) {
            $jobs->during(self::event($number), $id, static fn() => dispatch(new RecordHangup(self::event($number))));
        }
        $this->fences = ['pbx1' => 8];
        self::assertTrue($jobs->flush());
        self::assertSame(['pbx2:9:1', 'pbx1:8:2'], array_column($this->jobs(), 'ami'));
        self::assertSame([2, 1], [$jobs->writtenCount, $jobs->refusedCount]);
    }

    public function testWhileTheQueueIsAwayJobsWaitWithinTheirBoundAndTheRestIsTold(): void
    {
        $redis = new RedisProcess();
        config()->set('database.redis.default.port', $redis->port);
        $this->app->forgetInstance('redis');
        $jobs = $this->buffer(bytes: 400_000);
        $redis->stop();
        for ($number = 1; $number <= 1_000; ++$number) {
            $event = self::event($number);
            $jobs->during($event, "pbx1:7:$number", static fn() => dispatch(new RecordHangup($event)));
        }
        self::assertFalse($jobs->flush());
        self::assertTrue($jobs->isAway);
        self::assertGreaterThan(0, $jobs->droppedCount);
        self::assertSame(1_000, $jobs->droppedCount + $jobs->status()['queue']['waiting']);
        self::assertSame([], $this->gaps, 'whoever rebuilds could not');
        $again = new RedisProcess($redis->port);
        self::assertTrue($jobs->flush());
        self::assertSame(1_000 - $jobs->droppedCount, $again->client()->lLen('app_queues:default'));
        self::assertCount(1, $this->gaps);
        self::assertSame(['pbx1', 'queue', $jobs->droppedCount], [
            $this->gaps[0]->server,
            $this->gaps[0]->cause,
            $this->gaps[0]->dropped,
        ]);
        self::assertSame(1.0, $this->gaps[0]->from);
        $again->stop();
    }

    public function testARedisThatIsFullLosesNoJob(): void
    {
        $jobs = $this->buffer();
        dispatch(new RecordHangup(self::event(1)));
        $this->redis->rawCommand('CONFIG', 'SET', 'maxmemory', '1');
        try {
            self::assertFalse($jobs->flush());
            self::assertStringContainsString('OOM', $this->reported[0]->getMessage());
        } finally {
            $this->redis->rawCommand('CONFIG', 'SET', 'maxmemory', '0');
        }
        self::assertTrue($jobs->flush());
        self::assertCount(1, $this->jobs());
    }

    public function testAJobThatCannotBeSerializedHoldsUpNoOther(): void
    {
        $jobs = $this->buffer();
        dispatch(new RecordHangup(self::event(1)));
        dispatch(new \App\DelayedJob(static fn() => null));
        dispatch(new \App\DelayedJob(static fn() => null))->delay(60);
        dispatch(new RecordHangup(self::event(2)));
        self::assertTrue($jobs->flush());
        self::assertCount(2, $this->jobs());
        self::assertSame(2, $jobs->droppedCount);
        self::assertCount(2, $this->reported);
    }

    public function testAWorkerThatSleptThroughItsLeasePushesNothingThatItsSuccessorHas(): void
    {
        $this->configure(new FakeAsteriskProcess(2, '--flood', '200', '--write-timeout-ms', '0'), [
            'cluster' => ['lease' => 2.0],
        ]);
        $this->skeleton->onBoot('Apn\AmiClient\Laravel\Facades\Ami::on("*", App\RecordHangup::class);');
        $first = $this->process('ami:listen --cluster');
        Wait::until(fn(): bool => count($this->redis->keys('app_ami:lease:*')) === 2, 'both are held');
        $second = $this->process('ami:listen --cluster');
        Wait::until(static fn(): bool => substr_count($second->output(), 'is taken over from') === 1, 'each has one');
        Wait::until(fn(): bool => $this->redis->lLen('app_queues:default') > 200, 'jobs of both');
        $first->stop();
        Wait::until(static fn(): bool => str_contains(
            $second->output(),
            'is taken over, last held by',
        ), 'the take-over');
        $count = $this->redis->lLen('app_queues:default');
        Wait::until(fn(): bool => $this->redis->lLen('app_queues:default') > ($count + 200), 'jobs of the successor');
        $first->signal(SIGCONT);
        $first->waitForOutput('is lost');
        $count = $this->redis->lLen('app_queues:default');
        Wait::until(fn(): bool => $this->redis->lLen('app_queues:default') > ($count + 200), 'jobs afterwards');
        $serials = [];
        foreach ($this->jobs() as $job) {
            $event = unserialize($job['data']['command'])->event;
            $serials[] = "{$event->serverKey} {$event->get('AccountCode')}";
        }
        $serials = array_filter($serials, static fn(string $serial): bool => !str_ends_with($serial, ' '));
        self::assertGreaterThan(600, count($serials));
        self::assertSame([], array_filter(array_count_values($serials), static fn(int $times): bool => $times > 1));
    }

    public function testFencesAreAskedForBeforeEveryPush(): void
    {
        $this->configure(new FakeAsteriskProcess());
        $leases = $this->app->make(Leases::class);
        $first = $leases->acquire('pbx1', 'first')->fence;
        $second = $leases->acquire('pbx1', 'second', force: true)->fence;
        self::assertGreaterThan($first, $second);
        self::assertSame(['pbx1' => $second], $leases->fences(['pbx1']));
    }

    private function buffer(int $bytes = 10_000_000): ApplicationSink
    {
        config()->set('ami.queue.buffer_bytes', $bytes);
        $pool = self::createStub(ServerPool::class);
        $pool->method('fences')->willReturnCallback(fn(): array => $this->fences);
        $this->app->instance(ServerPool::class, $pool);
        $this->app
            ->make('events')
            ->listen(function (AmiGap $gap): void {
                $this->gaps[] = $gap;
            });
        $jobs = $this->app->make(ApplicationSink::class, [
            'report' => function (Throwable $error): void {
                $this->reported[] = $error;
            },
        ]);
        $jobs->collectJobs();

        return $jobs;
    }

    private static function event(int $number): AmiEvent
    {
        return AmiEvent::fromArray('pbx1', ['Event' => 'Hangup', 'Channel' => "PJSIP/alice-$number"], receivedAt: 1.0);
    }
}
