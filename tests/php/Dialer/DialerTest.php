<?php

declare(strict_types=1);

namespace Apn\AmiClient\Tests\Dialer;

use Apn\AmiClient\Dialer;
use Apn\AmiClient\DialResult;
use Apn\AmiClient\Exception\ActionErrorResponseException;
use Apn\AmiClient\Exception\ActionTimeoutException;
use Apn\AmiClient\Exception\AwaitTimeoutException;
use Apn\AmiClient\Exception\LiveUnavailableException;
use Apn\AmiClient\Exception\OutcomeUnknownException;
use Apn\AmiClient\Exception\UnknownServerException;
use Apn\AmiClient\GenericAction;
use Apn\AmiClient\Live\Outcome;
use Apn\AmiClient\Testing\FakeAsterisk;
use PHPUnit\Framework\Attributes\DataProvider;
use PHPUnit\Framework\TestCase;

/** What becomes of a number: one result, whatever happens. */
final class DialerTest extends TestCase
{
    public function testEachNumberGetsTheOutcomeOfItsCall(): void
    {
        $world = new World();

        self::assertTrue($world->finish($world->dialer([
            'answer:4:30',
            'busy:2',
            'silent:20',
            'congestion:0',
            'failed',
        ])));

        $told = [];
        foreach ($world->results as $result) {
            self::assertSame('pbx1', $result->server);
            self::assertNull($result->error);
            $told[$result->data] = [
                $result->outcome,
                $result->cause(),
                round($result->ringSeconds(), 1),
                round($result->talkSeconds(), 1),
                $result->isAnswered(),
            ];
        }
        ksort($told);
        self::assertSame(
            [
                'answer:4:30' => [Outcome::Answered, 16, 4.0, 30.0, true],
                'busy:2' => [Outcome::Busy, 17, 2.0, 0.0, false],
                'congestion:0' => [Outcome::Congestion, 34, 0.0, 0.0, false],
                'failed' => [Outcome::Failed, null, 0.0, 0.0, false],
                'silent:20' => [Outcome::NoAnswer, 19, 20.0, 0.0, false],
            ],
            $told,
        );
    }

    public function testAResultIsReportedAsSoonAsTheCallIsOver(): void
    {
        $world = new World();

        self::assertTrue($world->finish($world->dialer(['answer:0.3:0.3']), 0.65));

        self::assertSame(['answered' => 1], $world->outcomes());
    }

    public function testAnythingMayBeANumberAndComesBackAsItWas(): void
    {
        $world = new World();
        $customer = new \stdClass();
        $results = [];
        $dialer = new Dialer(
            $world->ami,
            [$customer],
            static fn(object $_, string $server): GenericAction => World::action("busy:0:{$server}"),
            static function (DialResult $result) use (&$results): void {
                $results[] = $result;
            },
            clock: static fn(): float => $world->now,
        );

        $world->finish($dialer);

        self::assertSame([$customer], array_column($results, 'data'));
        self::assertSame('busy:0:pbx1', $world->placed[0][2], 'the Originate may depend on the server');
    }

    public function testWhatTheServerRefusesHasTheTextOfTheServer(): void
    {
        $world = new World();

        $world->finish($world->dialer(['refused']));

        $error = $world->results[0]->error;
        self::assertInstanceOf(ActionErrorResponseException::class, $error);
        self::assertSame('`pbx1` refused action `Originate`: Extension does not exist.', $error->getMessage());
        self::assertNull($world->results[0]->outcome);
        self::assertNull($world->results[0]->call);
        self::assertFalse($world->results[0]->isAnswered());
        self::assertSame([0.0, 0.0, null], [
            $world->results[0]->ringSeconds(),
            $world->results[0]->talkSeconds(),
            $world->results[0]->cause(),
        ]);
    }

    public function testANumberOfWhichNoOriginateCanBeMadeHasTheExceptionForAResult(): void
    {
        $world = new World();
        $dialer = new Dialer(
            $world->ami,
            ['none', "two\r\nlines", 'no action', 'busy:0'],
            static fn(string $phone): mixed => match ($phone) {
                'none' => throw new \DomainException('a phone number has digits only'),
                'no action' => $phone,
                default => World::action($phone),
            },
            static function (DialResult $result) use ($world): void {
                $world->results[] = $result;
            },
            clock: static fn(): float => $world->now,
        );

        $world->finish($dialer);

        self::assertSame(
            ['DomainException' => 1, 'InvalidActionException' => 1, 'TypeError' => 1, 'busy' => 1],
            $world->outcomes(),
        );
        self::assertCount(1, $world->placed);
    }

    public function testACallIsFollowedOverALostSession(): void
    {
        $world = new World();
        $dialer = $world->dialer(['answer:1:60', 'answer:1:4', 'silent:4']);
        $world->pass($dialer, 2.0);

        $world->fake->dropSession('pbx1')->refuseLogin('pbx1');
        $world->pass($dialer, 5.0);
        $world->fake->refuseLogin('pbx1', false);
        self::assertTrue($world->finish($dialer));

        $outcomes = array_column(
            array_map(static fn(DialResult $result): array => [$result->data, $result->outcome], $world->results),
            1,
            0,
        );
        ksort($outcomes);
        self::assertSame(
            [
                'answer:1:4' => Outcome::Answered,
                'answer:1:60' => Outcome::Answered,
                'silent:4' => Outcome::Lost,
            ],
            $outcomes,
        );
    }

    public function testACallThatWasNotSeenWhenTheSessionWasLostIsFoundInTheNextList(): void
    {
        $world = new World();
        $dialer = $world->dialer(['answer:2:60']);
        $dialer->step();
        $world->fake->advance(0.0);
        self::assertCount(1, $world->placed, 'the server has it');
        $world->fake->dropSession('pbx1');

        self::assertTrue($world->finish($dialer));

        self::assertSame(['answered' => 1], $world->outcomes());
        self::assertGreaterThan(50.0, $world->results[0]->talkSeconds());
    }

    public function testACallThatNoListHasAfterALostSessionMayHaveBeenPlaced(): void
    {
        $world = new World();
        $world->fake->ignore('Originate');
        $dialer = $world->dialer(['answer:2:60']);
        $dialer->step();
        $world->fake->advance(0.1)->dropSession('pbx1');
        $world->pass($dialer, 0.1);
        self::assertSame([], $world->results, 'the list after the next login may have it');

        self::assertTrue($world->finish($dialer));

        self::assertInstanceOf(OutcomeUnknownException::class, $world->results[0]->error);
    }

    public function testAServerThatStaysAwayIsNotWaitedForForever(): void
    {
        $world = new World();
        $world->fake->ignore('Originate');
        $dialer = $world->dialer(['answer:2:60']);
        $dialer->step();
        $world->fake->advance(0.1)->dropSession('pbx1')->refuseLogin('pbx1');

        self::assertTrue($world->finish($dialer, 32.0));

        self::assertInstanceOf(OutcomeUnknownException::class, $world->results[0]->error);
    }

    public function testWhatSurelyWasNotSentIsPlacedAgain(): void
    {
        $world = new World(['pbx1', 'pbx2']);
        $dialer = $world->dialer(['busy:1']);
        $long = new GenericAction('UserEvent', ['UserEvent' => array_fill(0, 100, str_repeat('x', 1_000))]);
        for ($bytes = 0; $bytes < 4_000_000; $bytes += 100_000) {
            // More than a link takes at once: the Originate stays behind it.
            $world->ami->send($long, 'pbx1')->onComplete(static fn() => null);
        }
        $dialer->step();
        $world->fake->dropSession('pbx1')->refuseLogin('pbx1');

        self::assertTrue($world->finish($dialer, 3.0));

        self::assertSame(['busy' => 1], $world->outcomes());
        $originates = array_filter(
            $world->fake->sent(),
            static fn(array $sent): bool => $sent[1]->getName() === 'Originate',
        );
        self::assertSame(['pbx1', 'pbx2'], array_column($originates, 0));
        self::assertSame(['pbx2'], array_column($world->placed, 1));
    }

    public function testTheCallsOfAServerThatIsRemovedAreOver(): void
    {
        $world = new World(['pbx1', 'pbx2']);
        $dialer = $world->dialer(['answer:1:600', 'silent:600', 'silent:600'], servers: ['pbx1'], activePerServer: 2);
        $world->pass($dialer, 2.0);

        $world->ami->removeServer('pbx1');
        $world->pass($dialer, 1.0);

        self::assertSame(['answered' => 1, 'lost' => 1], $world->outcomes());
        $dialer->stop();
        self::assertTrue($dialer->step());
        self::assertSame(['silent:600'], iterator_to_array($dialer->left()), 'it has no server left');
    }

    public function testAServerThatIsRemovedBeforeTheCallWasSeenLeavesItsOutcomeUnknown(): void
    {
        $world = new World(['pbx1', 'pbx2']);
        $world->fake->ignore('Originate');
        $dialer = $world->dialer(['silent:600'], servers: ['pbx1']);
        $dialer->step();
        $world->fake->advance(0.1);

        $world->ami->removeServer('pbx1');

        self::assertTrue($world->pass($dialer, 0.2), 'nothing is to be waited for');
        self::assertSame(['OutcomeUnknownException' => 1], $world->outcomes());
    }

    public function testAnOriginateWithoutAnyAnswerTimesOut(): void
    {
        $world = new World();
        $world->fake->ignore('Originate');

        self::assertTrue($world->finish($world->dialer(['silent:600'])));

        self::assertInstanceOf(ActionTimeoutException::class, $world->results[0]->error);
    }

    public function testACallThatTheModelNeverSeesIsReported(): void
    {
        $world = new World();

        self::assertTrue($world->finish($world->dialer(['unseen'])));

        self::assertInstanceOf(LiveUnavailableException::class, $world->results[0]->error);
        self::assertStringContainsString('was placed', $world->results[0]->error->getMessage());
    }

    public function testTwoNumbersWithOneChannelIdHaveAResultEach(): void
    {
        $world = new World();
        $results = [];
        $dialer = new Dialer(
            $world->ami,
            [1, 2],
            static fn(int $_): GenericAction => World::action('busy:1')->with('ChannelId', 'mine'),
            static function (DialResult $result) use (&$results): void {
                $results[] = $result->data;
            },
            clock: static fn(): float => $world->now,
        );

        self::assertTrue($world->finish($dialer));

        sort($results);
        self::assertSame([1, 2], $results);
    }

    public function testADialerThatIsStoppedWaitsForItsCallsAndHandsTheRestBack(): void
    {
        $world = new World();
        $read = 0;
        $numbers = (static function () use (&$read): \Generator {
            foreach (['busy:3', 'answer:1:10', 'busy:9', 'busy:8', 'busy:7'] as $read => $number) {
                yield $number;
            }
        })();
        $dialer = $world->dialer($numbers, active: 2);
        $world->pass($dialer, 1.0);

        $dialer->stop(grace: 60.0);
        $world->pass($dialer, 5.0);
        self::assertSame(['busy' => 1], $world->outcomes(), 'nothing new was placed');
        self::assertTrue($world->finish($dialer));

        self::assertSame(['answered' => 1, 'busy' => 1], $world->outcomes());
        self::assertLessThanOrEqual(2, $read);
        self::assertSame(['busy:9', 'busy:8', 'busy:7'], iterator_to_array($dialer->left()));
        self::assertSame([], iterator_to_array($dialer->left()));
    }

    public function testACallThatIsStillActiveAfterTheGraceIsReportedAsSuch(): void
    {
        $world = new World();
        $dialer = $world->dialer(['answer:1:600', 'busy:5', 'silent:600']);
        $world->pass($dialer, 2.0);

        $dialer->stop(grace: 10.0);
        self::assertTrue($world->finish($dialer, 10.1));

        self::assertSame(['AwaitTimeoutException' => 2, 'busy' => 1], $world->outcomes());
        $result = $world->results[1];
        self::assertInstanceOf(AwaitTimeoutException::class, $result->error);
        self::assertStringContainsString('goes on: the dialer was stopped', $result->error->getMessage());
        self::assertTrue($result->isAnswered());
        self::assertFalse($result->call?->isOver());
        self::assertTrue($world->finish($dialer));
        self::assertCount(3, $world->results, 'nothing is reported twice');
    }

    public function testAResultMayStopTheDialer(): void
    {
        $world = new World();
        $dialer = new Dialer(
            $world->ami,
            array_fill(0, 10, 'busy:1'),
            World::action(...),
            static function (DialResult $result) use ($world, &$dialer): void {
                $world->results[] = $result;
                $dialer->stop();
            },
            active: 1,
            clock: static fn(): float => $world->now,
        );

        self::assertTrue($world->finish($dialer));

        self::assertCount(1, $world->results);
        self::assertCount(9, iterator_to_array($dialer->left()));
    }

    public function testWhatIsLeftIsKnownOnlyOfADialerThatWasStopped(): void
    {
        $dialer = new World()->dialer(['busy:1']);
        $dialer->step();

        $this->expectException(\LogicException::class);
        $this->expectExceptionMessage('call stop() first');

        $dialer->left();
    }

    public function testRunEndsWithTheManagersStopAndSaysWhatIsLeft(): void
    {
        $world = new World();
        $dialer = new Dialer(
            $world->ami,
            ['silent:600', 'silent:600', 'silent:600'],
            World::action(...),
            static function (DialResult $result) use ($world): void {
                $world->results[] = $result;
            },
            active: 2,
            perSecond: 1_000.0,
            // Time goes by itself, as run() does nothing but tick.
            clock: static fn(): float => $world->now += 0.05,
        );
        $world->ami->run(until: static fn(): bool => $dialer->step() || count($world->placed) === 2);
        $world->ami->stop();

        $dialer->run(grace: 5.0);

        self::assertSame(['AwaitTimeoutException' => 2], $world->outcomes());
        self::assertSame(['silent:600'], iterator_to_array($dialer->left()));
    }

    public function testASecondStopEndsTheWaiting(): void
    {
        $world = new World();
        $asked = 0;
        $dialer = new Dialer(
            $world->ami,
            ['silent:600'],
            World::action(...),
            static function (DialResult $result) use ($world): void {
                $world->results[] = $result;
            },
            clock: static function () use ($world, &$asked): float {
                if (in_array(++$asked, [20, 40], strict: true)) {
                    $world->ami->stop();
                }

                return $world->now;
            },
        );

        $dialer->run(grace: 1e9);

        self::assertSame(['AwaitTimeoutException' => 1], $world->outcomes());
    }

    public function testTheInputIsReadAsCallsArePlaced(): void
    {
        $world = new World();
        $read = 0;
        $numbers = (static function () use (&$read): \Generator {
            for (;; ++$read) {
                yield 'silent:5';
            }
        })();
        $dialer = $world->dialer($numbers, active: 3);

        for ($turn = 0; $turn < 600; ++$turn) {
            $dialer->step();
            $world->wait(0.05);
            self::assertLessThanOrEqual(count($world->placed), $read);
        }

        self::assertGreaterThan(12, count($world->placed));
        $dialer->stop(0.0);
        self::assertTrue($dialer->step());
    }

    /** @return iterable<string, array{iterable<mixed, string>}> */
    public static function inputs(): iterable
    {
        yield 'a list' => [['busy:0', 'busy:1']];
        yield 'an iterator' => [new \ArrayIterator(['busy:0', 'busy:1'])];
        yield 'an aggregate' => [new \ArrayObject(['busy:0', 'busy:1'])];
        $begun = (static fn(): \Generator => yield from ['header', 'busy:0', 'busy:1'])();
        $begun->next();
        yield 'an iterator that begins by rewind()' => [
            new \LimitIterator(new \ArrayIterator(['header', 'busy:0', 'busy:1']), 1),
        ];
        yield 'a generator whose first row was read' => [$begun];
    }

    /** @param iterable<mixed, string> $numbers */
    #[DataProvider('inputs')]
    public function testTheInputIsAnythingThatCanBeIterated(iterable $numbers): void
    {
        $world = new World();

        self::assertTrue($world->finish($world->dialer($numbers)));

        self::assertSame(['busy:0', 'busy:1'], array_column($world->results, 'data'));
    }

    public function testNullMeansThatThereIsNoNumberNow(): void
    {
        $world = new World();
        $isFree = false;
        $numbers = (static function () use (&$isFree): \Generator {
            for ($left = 2; $left > 0; --$left) {
                do {
                    yield null;
                } while (!$isFree);
                $isFree = false;
                yield 'busy:1';
            }
        })();
        $dialer = $world->dialer($numbers);

        $world->pass($dialer, 5.0);
        self::assertCount(0, $world->placed);
        $isFree = true;
        $world->pass($dialer, 5.0);
        self::assertCount(1, $world->placed);
        $dialer->stop();
        self::assertTrue($world->finish($dialer));
        $left = $dialer->left();
        $isFree = true;

        self::assertSame(['busy' => 1], $world->outcomes());
        self::assertSame(['busy:1'], iterator_to_array($left));
    }

    public function testWhatTheCallbackThrowsComesOutAndNothingIsLost(): void
    {
        $world = new World();
        $told = [];
        $dialer = new Dialer(
            $world->ami,
            ['busy:1', 'busy:1:1', 'busy:1:2', 'busy:1:3'],
            World::action(...),
            static function (DialResult $result) use (&$told): void {
                $told[] = $result->data;
                throw new \DomainException("not {$result->data}");
            },
            clock: static fn(): float => $world->now,
        );

        $thrown = 0;
        do {
            try {
                $isDone = $world->finish($dialer);
            } catch (\DomainException) {
                ++$thrown;
                $isDone = false;
            }
        } while (!$isDone);

        self::assertSame(4, $thrown);
        sort($told);
        self::assertSame(['busy:1', 'busy:1:1', 'busy:1:2', 'busy:1:3'], $told);
    }

    public function testTheCallbackMayAwaitActions(): void
    {
        $world = new World();
        $pongs = [];
        $dialer = new Dialer(
            $world->ami,
            ['busy:1', 'busy:1', 'busy:1'],
            World::action(...),
            static function () use ($world, &$pongs): void {
                $pongs[] = $world->ami->send(new GenericAction('Ping'))->await(5.0)->get('Ping');
            },
            clock: static fn(): float => $world->now,
        );

        self::assertTrue($world->finish($dialer));

        self::assertSame(['Pong', 'Pong', 'Pong'], $pongs);
    }

    public function testWhatTheInputThrowsComesOutAndTheCallsGoOn(): void
    {
        $world = new World();
        $numbers = (static function (): \Generator {
            yield 'busy:1';
            throw new \RuntimeException('the cursor is gone');
        })();
        $dialer = $world->dialer($numbers);
        $thrown = null;
        try {
            $world->finish($dialer);
        } catch (\RuntimeException $error) {
            $thrown = $error->getMessage();
        }

        self::assertSame('the cursor is gone', $thrown);
        self::assertTrue($world->finish($dialer));
        self::assertSame(['busy' => 1], $world->outcomes());
    }

    public function testWhereNoServersCallsCanBeFollowedNoNumberIsCalled(): void
    {
        $world = new World();
        $denied = ['Response' => 'Error', 'Message' => 'Permission denied'];
        $world->fake->respond('CoreShowChannels', $denied)->respond('Status', $denied);
        $world->ami->live()->resync();
        $world->wait(1.0);
        $dialer = $world->dialer(['busy:1']);

        try {
            $world->finish($dialer);
            self::fail('nobody would tell what becomes of it');
        } catch (LiveUnavailableException $error) {
            self::assertStringContainsString('"reporting"', $error->getMessage());
        }

        $dialer->stop();
        self::assertSame([], $world->placed);
        self::assertSame(['busy:1'], iterator_to_array($dialer->left()));
    }

    public function testNothingKeepsADialerThatIsDone(): void
    {
        $fake = new FakeAsterisk();
        $fake->manager()->connectAll(wait: 5.0);
        $dialer = new Dialer($fake->manager(), ['busy'], World::action(...), static fn() => null);
        $dialer->run();
        $reference = \WeakReference::create($dialer);

        unset($dialer);

        self::assertNull($reference->get());
    }

    /** @return iterable<string, array{array<string, mixed>, class-string<\Throwable>, string}> */
    public static function mistakes(): iterable
    {
        $invalid = \InvalidArgumentException::class;
        yield 'no calls' => [['active' => 0], $invalid, 'active is 0: must be 1 or more'];
        yield 'no calls a server' => [['activePerServer' => 0], $invalid, 'activePerServer is 0: must be 1 or more'];
        yield 'no rate' => [['perSecond' => 0.0], $invalid, 'perSecond is 0: must be above 0, such as 0.5'];
        yield 'no number' => [['perSecond' => NAN], $invalid, 'perSecond is NAN: must be above 0'];
        yield 'never' => [['perSecondPerServer' => -1.0], $invalid, 'perSecondPerServer is -1: must be above 0'];
        yield 'an unknown server' => [['servers' => ['pbx9']], UnknownServerException::class, 'pbx1'];
    }

    /**
     * @param array<string, mixed> $options
     * @param class-string<\Throwable> $class
     */
    #[DataProvider('mistakes')]
    public function testAMistakeNamesTheValueAndTheRange(array $options, string $class, string $message): void
    {
        $this->expectException($class);
        $this->expectExceptionMessage($message);

        new World()->dialer([], ...$options);
    }

    public function testAGraceIsATime(): void
    {
        $this->expectException(\InvalidArgumentException::class);
        $this->expectExceptionMessage('grace is -1: must be a time of 0 s or more');

        new World()->dialer([])->stop(-1.0);
    }
}
