<?php

declare(strict_types=1);

namespace Apn\AmiClient\Laravel\Tests\Feature;

use Apn\AmiClient\ActionSender;
use Apn\AmiClient\AmiEvent;
use Apn\AmiClient\AsyncEventStrategy;
use Apn\AmiClient\Exception\ActionErrorResponseException;
use Apn\AmiClient\Exception\ActionNotSentException;
use Apn\AmiClient\Exception\InvalidConfigurationException;
use Apn\AmiClient\Exception\UnknownServerException;
use Apn\AmiClient\GenericAction;
use Apn\AmiClient\Laravel\Contracts\Ami as Contract;
use Apn\AmiClient\Laravel\Events\AmiEventReceived;
use Apn\AmiClient\Laravel\Events\AmiGap;
use Apn\AmiClient\Laravel\Events\AmiServerDown;
use Apn\AmiClient\Laravel\Events\AmiServerUp;
use Apn\AmiClient\Laravel\Facades\Ami;
use Apn\AmiClient\Laravel\Routing\EventRoutes;
use Apn\AmiClient\Laravel\Testing\AmiFake;
use Apn\AmiClient\Laravel\Tests\TestCase;
use Apn\AmiClient\OriginateOutcome;
use Apn\AmiClient\OriginateResult;
use App\CallEnded;
use App\RecordHangup;
use Illuminate\Support\Facades\Bus;
use Illuminate\Support\Facades\Cache;
use Illuminate\Support\Facades\Event;
use PHPUnit\Framework\AssertionFailedError;
use PHPUnit\Framework\Attributes\TestWith;
use ReflectionClass;
use ReflectionMethod;
use RuntimeException;

/** Ami::fake(), and by it what an application sees of events and actions. */
final class FakeTest extends TestCase
{
    public function testAnswersComeFromArraysCallablesAndSequences(): void
    {
        Ami::fake([
            'Getvar' => ['Value' => '42'],
            'DBGet' => static fn(GenericAction $action, string $server): array => [
                'Val' => "{$action->parameters['Key']} of $server",
            ],
            'CoreStatus' => Ami::sequence(['CoreCurrentCalls' => '1'], ['CoreCurrentCalls' => '2']),
            'QueueStatus' => Ami::list([['Event' => 'QueueParams', 'Queue' => 'support']]),
            'Hangup' => ['Response' => 'Error', 'Message' => 'No such channel'],
        ]);
        $send = static fn(string $name, array $headers = []) => Ami::to()->send(new GenericAction(
            $name,
            $headers,
        ))->await();
        self::assertSame('42', $send('Getvar', ['Variable' => 'X'])->get('Value'));
        self::assertSame('k of pbx1', $send('DBGet', ['Family' => 'f', 'Key' => 'k'])->get('Val'));
        self::assertSame(
            ['1', '2', '2'],
            array_map(static fn(): ?string => $send('CoreStatus')->get('CoreCurrentCalls'), [1, 2, 3]),
        );
        self::assertSame('support', $send('QueueStatus')->getEvents()[0]->get('Queue'));
        $this->expectException(ActionErrorResponseException::class);
        $send('Hangup', ['Channel' => 'PJSIP/none']);
    }

    public function testAnOriginateHasTheOutcomeOfTheTest(): void
    {
        Ami::fake(['Originate' => Ami::outcome(OriginateOutcome::Busy)]);
        $response = Ami::to('pbx1')->send(
            new GenericAction('Originate', ['Channel' => 'PJSIP/bob', 'Async' => 'true'], new AsyncEventStrategy()),
        )->await();
        self::assertSame(OriginateOutcome::Busy, OriginateResult::of($response)->outcome);
    }

    public function testWhatWasSentCanBeAsked(): void
    {
        $fake = Ami::fake();
        $fake->assertNothingSent();
        Ami::to('pbx1')->send(new GenericAction('QueuePause', ['Interface' => 'PJSIP/alice', 'Paused' => 'true']));
        app(ActionSender::class)->send(new GenericAction('CoreStatus'));
        $fake->assertSent(
            'queuepause',
            static fn(GenericAction $action): bool => $action->parameters['Paused'] === 'true',
        );
        $fake->assertNotSent('Originate');
        $fake->assertSentCount(2);
        $fake->assertSentInOrder([
            'QueuePause',
            static fn(GenericAction $action, string $server): bool => $server === 'pbx1',
        ]);
        $this->expectException(AssertionFailedError::class);
        $fake->assertSent(
            'QueuePause',
            static fn(GenericAction $action): bool => $action->parameters['Paused'] === 'false',
        );
    }

    public function testStrayActionsAreRefused(): void
    {
        Ami::fake(['Ping' => []])->preventStrayActions();
        foreach ([Ami::to(), app(ActionSender::class)] as $sender) {
            self::assertTrue($sender->send(new GenericAction('Ping'))->await()->success);
            try {
                $sender->send(new GenericAction('CoreStatus'));
                self::fail('no exception');
            } catch (RuntimeException $error) {
                self::assertMatchesRegularExpression(
                    '/^The action CoreStatus .* no answer for it/',
                    $error->getMessage(),
                );
            }
        }
        Ami::assertNotSent('CoreStatus');
    }

    public function testADedupeKeyIsGoodForOneAction(): void
    {
        Ami::fake();
        Ami::to()->send(new GenericAction('Ping'), dedupeKey: 'order 7');
        $this->expectException(ActionNotSentException::class);
        Ami::to()->send(new GenericAction('Ping'), dedupeKey: 'order 7');
    }

    public function testAnUnknownServerIsNamedWithThoseThereAre(): void
    {
        $this->expectException(UnknownServerException::class);
        $this->expectExceptionMessage('there are pbx1');
        Ami::to('pbx9');
    }

    public function testEventsBecomeTheApplicationsOwn(): void
    {
        config()->set('ami.listen.events', [
            'Hangup' => ['dispatch' => CallEnded::class, 'where' => ['Cause' => ['16', '17']]],
        ]);
        $seen = [];
        Event::listen(static function (CallEnded $ended) use (&$seen): void {
            $seen[] = [$ended->channel, $ended->cause];
        });
        Ami::fake()
            ->emit('Hangup', ['Channel' => 'PJSIP/alice-1', 'Cause' => 16])
            ->emit('Hangup', ['Channel' => 'PJSIP/alice-2', 'Cause' => 34])
            ->emit('Hangup', ['Channel' => '<unknown>', 'Cause' => 16])
            ->emit('Newchannel', ['Channel' => 'PJSIP/alice-3', 'Cause' => 16]);
        self::assertSame([['PJSIP/alice-1', 16]], $seen);
    }

    public function testEventsBecomeQueuedJobs(): void
    {
        Ami::on('Hangup', RecordHangup::class, where: ['Channel' => 'PJSIP/alice-1']);
        Ami::fake()->emit('Hangup', ['Channel' => 'PJSIP/alice-1'])->emit('Hangup', ['Channel' => 'PJSIP/bob-1']);
        self::assertSame('PJSIP/alice-1', Cache::get('hung up')[0]);
        Bus::fake();
        Ami::fake()->emit('Hangup', ['Channel' => 'PJSIP/alice-1']);
        Bus::assertDispatched(
            RecordHangup::class,
            static fn(RecordHangup $job): bool => $job->event->name === 'Hangup',
        );
    }

    public function testNothingIsDispatchedThatNobodyAskedFor(): void
    {
        Event::listen(static fn(CallEnded $ended) => self::fail('nobody asked for VarSet'));
        config()->set('ami.listen.events', ['Hangup' => CallEnded::class]);
        Ami::fake()->emit('VarSet', ['Channel' => 'PJSIP/alice-1']);
        self::assertSame(1, Ami::manager()->health()['pbx1']->eventsFiltered);
    }

    public function testACatchAllListenerHasEveryEvent(): void
    {
        $names = [];
        Event::listen(static function (AmiEventReceived $received) use (&$names): void {
            $names[] = $received->event->name;
        });
        Ami::fake()->emit('Hangup')->emit('VarSet');
        self::assertSame(['Hangup', 'VarSet'], $names);
    }

    public function testGapsAndLostServersAreTold(): void
    {
        $seen = [];
        Event::listen([AmiServerUp::class, AmiServerDown::class, AmiGap::class], static function (object $event) use (
            &$seen,
        ): void {
            $seen[] = class_basename($event);
        });
        $fake = Ami::fake()->dropSession();
        self::assertSame(['AmiServerUp', 'AmiServerDown'], $seen);
        $this->travel(60)->seconds();
        $fake->emit('Hangup');
        self::assertContains('AmiGap', $seen);
        self::assertSame(2, array_count_values($seen)['AmiServerUp']);
        $gaps = array_count_values($seen)['AmiGap'];
        $fake->fakeGap();
        self::assertSame($gaps + 1, array_count_values($seen)['AmiGap']);
    }

    /**
     * @param string|list<string> $names
     * @param class-string $target
     * @param array<string, mixed> $where
     */
    #[TestWith(['', RecordHangup::class, [], ': [""] names no event'])]
    #[TestWith([[], RecordHangup::class, [], ': [] names no event'])]
    #[TestWith(['Hangup', 'App\Nope', [], ': there is no class App\Nope'])]
    #[TestWith(['Hangup', 'App\RecordHangup@nope', [], 'App\RecordHangup has no method nope()'])]
    #[TestWith(['Hangup', self::class, [], 'takes no AmiEvent: a listener takes it in handle()'])]
    #[TestWith([
        'Hangup',
        RecordHangup::class,
        ['Cause' => [16, null]],
        'where has "Cause" => [16,null], must be',
    ])]
    public function testWhatCannotBeListenedToIsRefusedWithThePlaceWhereItIsWrittenAndOnlyWhenItIsUsed(
        string|array $names,
        string $target,
        array $where,
        string $message,
    ): void {
        // A web request only registers it.
        Ami::on($names, $target, $where);
        $line = __LINE__ - 1;
        try {
            Ami::fake()->emit('Hangup');
            self::fail('no exception');
        } catch (InvalidConfigurationException $error) {
            self::assertStringContainsString("Ami::on() in FakeTest.php:$line", $error->getMessage());
            self::assertStringContainsString($message, $error->getMessage());
        }
    }

    public function testWhereTakesNumbersHereAndInReaders(): void
    {
        $seen = 0;
        Ami::on(
            'Hangup',
            static function () use (&$seen): void {
                ++$seen;
            },
            ['Cause' => [17, 16]],
        );
        Ami::fake()->emit('Hangup', ['Cause' => 16])->emit('Hangup', ['Cause' => 34]);
        self::assertSame(1, $seen);
        [$route] = app(EventRoutes::class)->all(app('events'));
        $hangup = static fn(string $cause): AmiEvent => AmiEvent::fromArray('pbx1', [
            'Event' => 'Hangup',
            'Cause' => $cause,
        ]);
        self::assertSame([true, false], [$route->takes($hangup('16')), $route->takes($hangup('34'))]);
        self::assertMatchesRegularExpression('/^a closure in FakeTest.php:\d+$/', $route->label);
    }

    public function testTheFacadeAsksTheFake(): void
    {
        Ami::fake(['Ping' => []]);
        Ami::assertNothingSent();
        Ami::to()->send(new GenericAction('Ping'));
        Ami::assertSent('Ping');
        Ami::assertNotSent('Originate');
        Ami::assertSentCount(1);
        Ami::assertSentInOrder(['Ping']);
        self::assertSame('Ping', Ami::sent()[0][1]->name);
        Ami::preventStrayActions();
        $seen = 0;
        Ami::on('Hangup', static function () use (&$seen): void {
            ++$seen;
        });
        Ami::emit('Hangup')->emit('Hangup');
        self::assertSame(2, $seen);
        $this->expectExceptionMessage('no answer for it');
        Ami::to()->send(new GenericAction('CoreStatus'));
    }

    public function testTheFacadeDocumentsEverythingThatItPassesOn(): void
    {
        preg_match_all(
            '/@method static .*?(\w+)\(/',
            (string) new ReflectionClass(Ami::class)->getDocComment(),
            $found,
        );
        $there = [];
        foreach ([Contract::class, AmiFake::class] as $class) {
            foreach (new ReflectionClass($class)->getMethods(ReflectionMethod::IS_PUBLIC) as $method) {
                $isOurs = !$method->isConstructor() && !str_contains((string) $method->getDocComment(), '@internal');
                if ($isOurs && $method->getName() !== 'install') {
                    $there[] = $method->getName();
                }
            }
        }
        sort($found[1]);
        sort($there);
        self::assertSame(array_values(array_unique($there)), $found[1]);
    }

    public function testWithoutAFakeTheFacadeSaysWhatIsMissing(): void
    {
        $this->expectExceptionMessage('Ami::assertSent() is for tests: call Ami::fake() before it');
        Ami::assertSent('Ping');
    }

    public function testAListenerToEverythingThereIsAsksForNothing(): void
    {
        Event::listen('*', static fn() => null);
        Event::listen('App\*', static fn() => null);
        config()->set('ami.listen.events', ['Hangup' => CallEnded::class]);
        $routes = app(EventRoutes::class)->all(app('events'));
        self::assertSame([['Hangup']], array_column($routes, 'names'));
    }

    public function testFakedEventsCanBeAskedWhicheverFakeCameFirst(): void
    {
        config()->set('ami.listen.events', ['Hangup' => CallEnded::class]);
        $fake = Ami::fake();
        Event::fake();
        $fake->emit('Hangup', ['Channel' => 'PJSIP/alice-1', 'Cause' => 16])->dropSession()->fakeGap();
        Event::assertDispatched(CallEnded::class, static fn(CallEnded $ended): bool => $ended->cause === 16);
        Event::assertDispatched(AmiServerDown::class);
        Event::assertDispatched(AmiGap::class);
        Ami::fake();
        Ami::emit('Hangup', ['Channel' => 'PJSIP/alice-2', 'Cause' => 17]);
        Event::assertDispatched(CallEnded::class, static fn(CallEnded $ended): bool => $ended->cause === 17);
    }

    public function testWhoeverNamesAParameterIdGetsTheIdOfTheEvent(): void
    {
        $ids = [];
        Ami::on('Hangup', static function (AmiEvent $event, string $id) use (&$ids): void {
            $ids[] = $id;
        });
        Ami::on('Hangup', static function (AmiEvent $event, int $other = 7) use (&$ids): void {
            $ids[] = $other;
        });
        Ami::fake()->emit('Hangup');
        self::assertMatchesRegularExpression('/^pbx1:fake:\d+$/', $ids[0]);
        self::assertSame(7, $ids[1]);
    }
}
