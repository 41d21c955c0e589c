<?php

declare(strict_types=1);

namespace Apn\AmiClient\Laravel\Tests\Feature;

use Apn\AmiClient\Exception\ActionErrorResponseException;
use Apn\AmiClient\Exception\ActionNotSentException;
use Apn\AmiClient\Exception\NoServerAvailableException;
use Apn\AmiClient\Exception\OutcomeUnknownException;
use Apn\AmiClient\GenericAction;
use Apn\AmiClient\Laravel\Cluster\Leases;
use Apn\AmiClient\Laravel\Cluster\Remote\ActionQueue;
use Apn\AmiClient\Laravel\Facades\Ami;
use Apn\AmiClient\Laravel\Records\Records;
use Apn\AmiClient\Laravel\Tests\Support\FakeAsteriskProcess;
use Apn\AmiClient\Laravel\Tests\Support\RedisProcess;
use Apn\AmiClient\Laravel\Tests\Support\Wait;

/** Actions that go through the worker that holds the server. */
final class ActionTest extends RedisTestCase
{
    public function testAnActionGoesThroughTheWorkerThatHoldsTheServer(): void
    {
        $this->configure(new FakeAsteriskProcess(2, '--rate', '1'));
        $this->process('ami:listen')->waitForOutput('"server":"pbx2","from":"authenticating","to":"ready"');
        $pending = Ami::to('pbx2')->send(new GenericAction('QueueStatus'));
        self::assertSame('pbx2', $pending->getServerKey());
        $response = $pending->await(10.0);
        self::assertTrue($response->success);
        self::assertSame('pbx2', $response->serverKey);
        self::assertNotSame([], $response->getEvents());
        self::assertTrue($pending->isFinished());
        $heard = null;
        $pending->onComplete(static function ($error, $response) use (&$heard): void {
            $heard = $response;
        });
        self::assertSame($response, $heard);
    }

    public function testARefusalComesBackWithItsResponse(): void
    {
        $this->configure(new FakeAsteriskProcess());
        $this->process('ami:listen')->waitForOutput('"to":"ready"');
        try {
            Ami::to('pbx1')->send(new GenericAction('Hangup', ['Channel' => 'PJSIP/none']))->await(10.0);
            self::fail('no exception');
        } catch (ActionErrorResponseException $error) {
            self::assertSame('No such channel', $error->response->getMessage());
            self::assertSame('pbx1', $error->serverKey);
        }
    }

    public function testWithoutAWorkerItSaysWhoWasLastAndThatNothingWasSent(): void
    {
        $this->configure(new FakeAsteriskProcess());
        $leases = $this->app->make(Leases::class);
        try {
            Ami::to('pbx1')->send(new GenericAction('Ping'));
            self::fail('no exception');
        } catch (NoServerAvailableException $error) {
            self::assertStringContainsString('none ever did', $error->getMessage());
            self::assertTrue($error->isRetrySafe());
        }
        $leases->acquire('pbx1', 'worker-7');
        $leases->release('pbx1', 'worker-7');
        $this->expectException(NoServerAvailableException::class);
        $this->expectExceptionMessageMatches('/was not sent to `pbx1`: no worker holds it, worker-7 did until \d/');
        Ami::to('pbx1')->send(new GenericAction('Ping'));
    }

    public function testItIsNeverSentAfterItsDeadline(): void
    {
        $this->configure(new FakeAsteriskProcess());
        $this->app->make(Leases::class)->acquire('pbx1', 'asleep');
        $pending = Ami::to('pbx1')->send(new GenericAction('Ping'), deadline: 0.2, dedupeKey: 'x');
        try {
            $pending->await();
            self::fail('no exception');
        } catch (ActionNotSentException $error) {
            self::assertTrue($error->isRetrySafe());
        }
        self::assertSame([], $this->app->make(ActionQueue::class)->take('asleep')[1]);
        // Nothing was sent, so its dedupe key is free again.
        self::assertFalse(Ami::to('pbx1')->send(new GenericAction('Ping'), dedupeKey: 'x')->isFinished());
    }

    public function testAWorkerThatDiesWithItLeavesItsOutcomeUnknown(): void
    {
        $this->configure(new FakeAsteriskProcess());
        $this->app->make(Leases::class)->acquire('pbx1', 'doomed');
        $pending = Ami::to('pbx1')->send(new GenericAction('Ping'), deadline: 0.2);
        self::assertCount(1, $this->app->make(ActionQueue::class)->take('doomed')[1]);
        self::assertSame([], $this->app->make(Records::class)->workers());
        $this->expectException(OutcomeUnknownException::class);
        $this->expectExceptionMessage('the worker doomed that took it does not report any more');
        $pending->await(5.0);
    }

    public function testACancelledActionIsTakenBack(): void
    {
        $this->configure(new FakeAsteriskProcess());
        $this->app->make(Leases::class)->acquire('pbx1', 'asleep');
        $pending = Ami::to('pbx1')->send(new GenericAction('Ping'));
        self::assertTrue($pending->cancel());
        self::assertFalse($pending->cancel());
        self::assertSame([], $this->app->make(ActionQueue::class)->take('asleep')[1]);
    }

    public function testADedupeKeyIsGoodForOneAction(): void
    {
        $this->configure(new FakeAsteriskProcess());
        $this->app->make(Leases::class)->acquire('pbx1', 'asleep');
        Ami::to('pbx1')->send(new GenericAction('Ping'), dedupeKey: 'order 7');
        self::assertEqualsWithDelta(3_600, $this->redis->ttl('app_ami:sent:pbx1:order 7'), 60);
        $this->expectException(ActionNotSentException::class);
        $this->expectExceptionMessageMatches('/its dedupe key `order 7` was used \d+ s ago/');
        Ami::to('pbx1')->send(new GenericAction('Ping'), dedupeKey: 'order 7');
    }

    public function testALeasedServerIsRefusedWithItsOwnersName(): void
    {
        $this->configure(new FakeAsteriskProcess());
        $first = $this->process('ami:listen --server=pbx1');
        $first->waitForOutput('"to":"ready"');
        $second = $this->process('ami:listen --server=pbx1');
        self::assertSame(1, $second->wait());
        self::assertMatchesRegularExpression("/pbx1 is held by \S+:{$first->pid}:/", $second->output());
        self::assertStringContainsString('--force', $second->output());
        $third = $this->process('ami:listen --server=pbx1 --force');
        $third->waitForOutput('"to":"ready"');
        $first->waitForOutput('pbx1 is lost');
    }

    public function testAWorkerTakesTheServersOfTheOneThatWasKilledBeforeIt(): void
    {
        $this->configure(new FakeAsteriskProcess(), ['cluster' => ['lease' => 8.0]]);
        $killed = $this->process('ami:listen --server=pbx1');
        $killed->waitForOutput('"to":"ready"');
        $killed->kill();
        // As a supervisor does, at once.
        $next = $this->process('ami:listen --server=pbx1');
        $next->waitForOutput('checking whether it is alive')->waitForOutput('"to":"ready"');
        self::assertTrue($next->isRunning());
    }

    public function testAPausedWorkerTakesNoActions(): void
    {
        $this->configure(new FakeAsteriskProcess());
        $worker = $this->process('ami:listen');
        $worker->waitForOutput('"to":"ready"')->signal(SIGUSR2);
        Wait::until(
            fn(): bool => array_values($this->app->make(Records::class)->workers())[0]['paused'] ?? false,
            'the pause',
        );
        $pending = Ami::to('pbx1')->send(new GenericAction('Ping'), deadline: 0.3);
        try {
            $pending->await(5.0);
            self::fail('no exception');
        } catch (ActionNotSentException $error) {
            self::assertMatchesRegularExpression(
                "/no worker took it before its deadline, \\S+:{$worker->pid}:\\S+ is paused/",
                $error->getMessage(),
            );
        }
        $worker->signal(SIGCONT);
        self::assertTrue(Ami::to('pbx1')->send(new GenericAction('Ping'))->await(5.0)->success);
    }

    public function testWhereTheServerIsAwayTheReasonIsSaid(): void
    {
        $asterisk = new FakeAsteriskProcess();
        $this->configure($asterisk);
        $asterisk->stop();
        $this->process('ami:listen')->waitForOutput('"reason":"refused"');
        Wait::until(fn(): bool => array_any(
            $this->app->make(Records::class)->workers(),
            static fn(array $worker): bool => ($worker['servers']['pbx1']['last_reason'] ?? null) === 'refused',
        ), 'the record says so');
        $this->expectException(ActionNotSentException::class);
        $this->expectExceptionMessageMatches('/before its deadline, the session of \S+ is \w+ \(refused\)/');
        Ami::to('pbx1')->send(new GenericAction('Ping'), deadline: 0.1)->await();
    }

    public function testAnActionWithoutAReplyLeavesNothingInRedis(): void
    {
        $asterisk = new FakeAsteriskProcess();
        $this->configure($asterisk);
        $this->process('ami:listen')->waitForOutput('"to":"ready"');
        Ami::to('pbx1')->sendWithoutReply(new GenericAction('UserEvent', ['UserEvent' => 'Silent']), deadline: 0.5);
        // One after the other: the worker has the first when the second is answered.
        self::assertTrue(Ami::to('pbx1')->send(new GenericAction('Ping'))->await(10.0)->success);
        self::assertSame([], $this->redis->keys('app_ami:reply:*'));
        foreach ($this->redis->keys('app_ami:action:*') as $key) {
            self::assertFalse($this->redis->hGet($key, 'payload'), 'what was taken needs no payload');
        }
        Wait::until(
            fn(): bool => (
                array_filter(
                    $this->redis->keys('app_ami:action:*'),
                    fn(string $key): bool => $this->redis->hGet($key, 'silent') === '1',
                ) === []
            ),
            'nothing is left of it',
        );
    }

    public function testAnActionForAServerThatChangedHandsGoesOnToItsNewHolder(): void
    {
        $this->configure(new FakeAsteriskProcess());
        $leases = $this->app->make(Leases::class);
        $queue = $this->app->make(ActionQueue::class);
        $leases->acquire('pbx1', 'first');
        $pending = Ami::to('pbx1')->send(new GenericAction('Ping'));
        $leases->transfer('pbx1', 'first', 'second');
        self::assertSame([], $queue->take('first')[1]);
        // Its session is down there: it waits until that is back.
        self::assertSame([], $queue->take('second', down: ['pbx1'])[1]);
        self::assertSame([$pending->getActionId()], array_column($queue->take('second')[1], 1));
    }

    public function testActionsForAllServersOfAWorkerWaitInOneList(): void
    {
        $this->configure(new FakeAsteriskProcess(2));
        foreach (['pbx1', 'pbx2'] as $server) {
            $this->app->make(Leases::class)->acquire($server, 'asleep');
            Ami::to($server)->send(new GenericAction('Ping'));
        }
        self::assertSame(['app_ami:actions:asleep'], $this->redis->keys('app_ami:actions:*'));
        $actions = $this->app->make(ActionQueue::class)->take('asleep')[1];
        self::assertSame(['pbx1', 'pbx2'], array_column($actions, 0));
    }

    public function testWithoutRedisNothingIsSent(): void
    {
        $this->configure(new FakeAsteriskProcess());
        config()->set('database.redis.default.port', 1);
        try {
            Ami::to('pbx1')->send(new GenericAction('Ping'));
            self::fail('no exception');
        } catch (ActionNotSentException $error) {
            self::assertTrue($error->isRetrySafe());
            self::assertStringContainsString('was not sent to `pbx1`: Redis is away', $error->getMessage());
        }
    }

    public function testAConnectionThatRedisClosedWhileItLayIdleIsMadeAnew(): void
    {
        $this->configure(new FakeAsteriskProcess());
        $this->app->make(Leases::class)->acquire('pbx1', 'asleep');
        $this->redis->rawCommand('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes');
        self::assertFalse(Ami::to('pbx1')->send(new GenericAction('Ping'))->isFinished());
    }

    public function testARedisThatGoesAwayWithItLeavesItsOutcomeUnknown(): void
    {
        $this->configure(new FakeAsteriskProcess());
        $redis = new RedisProcess();
        config()->set('database.redis.default.port', $redis->port);
        $this->app->make(Leases::class)->acquire('pbx1', 'asleep');
        $pending = Ami::to('pbx1')->send(new GenericAction('Ping'), deadline: 0.2);
        $redis->stop();
        $this->expectException(OutcomeUnknownException::class);
        $this->expectExceptionMessage('Redis was lost');
        $pending->await();
    }

    public function testAnAnswerThatIsLostLeavesItsOutcomeUnknown(): void
    {
        $this->configure(new FakeAsteriskProcess());
        $this->app->make(Leases::class)->acquire('pbx1', 'worker');
        $pending = Ami::to('pbx1')->send(new GenericAction('Ping'), deadline: 0.2);
        $queue = $this->app->make(ActionQueue::class);
        $queue->answer($queue->take('worker')[1][0][1], 'lost');
        self::assertSame('lost', $queue->end($pending->getActionId(), 0.0));
        $this->expectException(OutcomeUnknownException::class);
        $this->expectExceptionMessage('its answer is no longer in Redis');
        $pending->await(5.0);
    }
}
