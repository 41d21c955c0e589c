<?php

declare(strict_types=1);

namespace Apn\AmiClient\Tests\Dialer;

use Apn\AmiClient\ClientOptions;
use Apn\AmiClient\Dialer\Rate;
use Apn\AmiClient\ServerConfig;
use PHPUnit\Framework\Attributes\DataProvider;
use PHPUnit\Framework\TestCase;

/** How many calls a dialer places, on which servers, and when it leaves one alone. */
final class LimitsTest extends TestCase
{
    public function testThereAreNeverMoreCallsThanAllowedAndNoRoomIsLeftEmpty(): void
    {
        $world = new World(['pbx1', 'pbx2', 'pbx3']);

        self::assertTrue($world->finish($world->dialer(
            array_fill(0, 100, 'answer:1:20'),
            active: 7,
            perSecond: 1_000.0,
        )));

        self::assertSame(7, $world->most['']);
        self::assertSame(['answered' => 100], $world->outcomes());
    }

    public function testThereAreNeverMoreCallsOnAServerThanAllowed(): void
    {
        $world = new World(['pbx1', 'pbx2', 'pbx3']);

        self::assertTrue($world->finish($world->dialer(
            array_fill(0, 100, 'answer:1:20'),
            active: 50,
            perSecond: 1_000.0,
            activePerServer: 4,
        )));

        ksort($world->most);
        self::assertSame(['' => 12, 'pbx1' => 4, 'pbx2' => 4, 'pbx3' => 4], $world->most);
    }

    public function testNeverMoreCallsBeginInASecondThanAllowed(): void
    {
        $world = new World(['pbx1', 'pbx2']);

        self::assertTrue($world->finish($world->dialer(array_fill(0, 300, 'busy:0'), perSecond: 10.0)));

        $times = array_column($world->placed, 0);
        self::assertSame(10, self::mostInASecond($times));
        self::assertLessThan(31.0, end($times) - $times[0], 'and nearly as many do');
    }

    public function testNeverMoreCallsBeginInASecondOnAServerThanAllowed(): void
    {
        $world = new World(['pbx1', 'pbx2', 'pbx3']);

        self::assertTrue($world->finish($world->dialer(
            array_fill(0, 300, 'busy:0'),
            perSecond: 10.0,
            perSecondPerServer: 2.0,
        )));

        foreach (['pbx1', 'pbx2', 'pbx3'] as $server) {
            $placed = array_filter($world->placed, static fn(array $placed): bool => $placed[1] === $server);
            self::assertSame(2, self::mostInASecond(array_column($placed, 0)));
        }
        self::assertSame(6, self::mostInASecond(array_column($world->placed, 0)));
    }

    /** @return iterable<string, array{float, float}> */
    public static function rates(): iterable
    {
        foreach ([0.5, 1.0, 2.5, 7.0, 10.0, 25.0, 50.0, 333.0] as $perSecond) {
            foreach ([0.001, 0.05, 0.1] as $step) {
                yield "{$perSecond} a second, asked every {$step} s" => [$perSecond, $step];
            }
        }
    }

    #[DataProvider('rates')]
    public function testARateIsKeptInAnySecondHoweverOftenItIsAsked(float $perSecond, float $step): void
    {
        $rate = new Rate($perSecond);
        $chance = new \Random\Randomizer(new \Random\Engine\Mt19937(17));
        $times = [];
        for ($now = 50.0; $now < 90.0; $now += $step * $chance->getFloat(0.5, 1.0)) {
            while ($rate->allows($now)) {
                $rate->note($now);
                $times[] = $now;
            }
        }

        // Below one a second: one in that time.
        $window = max(1.0, 1 / $perSecond);
        self::assertLessThanOrEqual((int) ceil($perSecond), self::mostInASecond($times, $window));
        self::assertGreaterThan(40 * $perSecond * 0.6, count($times));
    }

    public function testTheServerWithTheFewestCallsHasTheNextOne(): void
    {
        $world = new World(['pbx1', 'pbx2', 'pbx3']);
        $numbers = [];
        for ($call = 0; $call < 30; ++$call) {
            // By turns the first server would have all long calls.
            $numbers = [...$numbers, 'answer:1:600', 'busy:0', 'busy:0'];
        }
        $world->pass($world->dialer($numbers), 15.0);

        self::assertSame([10, 10, 10], array_map($world->active(...), ['pbx1', 'pbx2', 'pbx3']));
    }

    public function testServersWithoutCallsTakeTurns(): void
    {
        $world = new World(['pbx1', 'pbx2', 'pbx3']);

        self::assertTrue($world->finish($world->dialer(array_fill(0, 6, 'busy:0'), active: 1)));

        self::assertSame(['pbx1', 'pbx2', 'pbx3', 'pbx1', 'pbx2', 'pbx3'], array_column($world->placed, 1));
    }

    public function testOnlyServersThatAreReadyAreAsked(): void
    {
        $world = new World(['pbx1', 'pbx2']);
        $world->fake->dropSession('pbx1')->refuseLogin('pbx1');
        $world->wait(1.0);
        $dialer = $world->dialer(array_fill(0, 400, 'busy:0'));

        $world->pass($dialer, 5.0);
        self::assertSame(['pbx2'], array_values(array_unique(array_column($world->placed, 1))));
        $world->fake->refuseLogin('pbx1', false);
        $world->finish($dialer, 60.0);

        self::assertContains('pbx1', array_column($world->placed, 1));
        self::assertSame(['busy' => 400], $world->outcomes());
    }

    public function testNothingIsReadWhileNoServerIsReady(): void
    {
        $world = new World();
        $world->fake->dropSession('pbx1')->refuseLogin('pbx1');
        $world->wait(1.0);
        $dialer = $world->dialer(['busy:0']);

        self::assertFalse($world->pass($dialer, 600.0));
        $world->fake->refuseLogin('pbx1', false);
        self::assertTrue($world->finish($dialer));

        self::assertSame(['busy' => 1], $world->outcomes());
    }

    public function testServersMayBeNamedAndOthersAreLeftAlone(): void
    {
        $world = new World(['pbx1', 'pbx2', 'pbx3']);

        $world->finish($world->dialer(array_fill(0, 10, 'busy:0'), servers: ['pbx1', 'pbx3']));

        self::assertSame(['pbx1' => 5, 'pbx3' => 5], array_count_values(array_column($world->placed, 1)));
    }

    public function testAServerThatIsAddedHasItsShare(): void
    {
        $world = new World(['pbx1', 'pbx2']);
        $world->ami->removeServer('pbx2');
        $dialer = $world->dialer(array_fill(0, 40, 'busy:0'));
        $world->pass($dialer, 1.0);
        self::assertSame(['pbx1'], array_values(array_unique(array_column($world->placed, 1))));

        $world->ami->addServer(new ServerConfig('pbx2', 'fake2.invalid', 5_038, 'fake', 'fake'))->open(wait: 5.0);
        $world->finish($dialer);

        self::assertContains('pbx2', array_column($world->placed, 1));
    }

    public function testAServerThatRefusesIsLeftAloneEverLongerUntilItTakesACall(): void
    {
        $world = new World();
        $dialer = $world->dialer([
            ...array_fill(0, 10, 'refused'),
            'answer:5000',
            ...array_fill(0, 3, 'refused'),
        ], perSecond: 5.0);

        $world->finish($dialer, 1_000.0);

        $times = array_column($world->placed, 0);
        $pauses = [];
        for ($try = 1; $try < count($times); ++$try) {
            $pauses[] = (int) round($times[$try] - $times[$try - 1]);
        }
        self::assertSame([1, 2, 4, 8, 16, 32, 60, 60, 60, 60, 0, 1, 2], $pauses);
        self::assertCount(13, $world->results);
    }

    public function testWhereOneServerRefusesTheOthersAreAsked(): void
    {
        $world = new World(['pbx1', 'pbx2']);
        $world->fake->respond('Originate', ['Response' => 'Error', 'Message' => 'Permission denied'], 'pbx1');

        self::assertTrue($world->finish($world->dialer(array_fill(0, 100, 'busy:1'))));

        $outcomes = $world->outcomes();
        self::assertSame(100, array_sum($outcomes));
        self::assertLessThan(6, $outcomes['ActionErrorResponseException']);
    }

    public function testRefusalsOfCallsThatWereOnTheirWayTogetherCountAsOne(): void
    {
        $world = new World();
        $dialer = $world->dialer([...array_fill(0, 20, 'refused'), 'busy:1'], perSecond: 1_000.0, active: 20);
        $dialer->step();
        $world->wait(0.05);
        $dialer->step();
        self::assertCount(20, $world->placed);

        self::assertTrue($world->finish($dialer, 2.3), 'the pause is a second, and so is the call');
    }

    public function testAfterThePauseOneCallShowsWhetherTheServerTakesCallsAgain(): void
    {
        $world = new World();
        $dialer = $world->dialer(['refused', ...array_fill(0, 10, 'answer:600')]);
        $world->pass($dialer, 0.5);
        $world->fake->ignore('Originate');
        $sent = count($world->fake->sent());
        $world->pass($dialer, 10.0);

        self::assertSame($sent + 1, count($world->fake->sent()), 'nothing shows that it takes this one');
    }

    public function testAServerWhoseCallsCannotBeFollowedIsLeftOut(): void
    {
        $world = new World(['pbx1', 'pbx2']);
        $denied = ['Response' => 'Error', 'Message' => 'Permission denied'];
        $world->fake->respond('CoreShowChannels', $denied, 'pbx1')->respond('Status', $denied, 'pbx1');
        $world->ami->live()->resync('pbx1');
        $world->wait(1.0);

        self::assertTrue($world->finish($world->dialer(array_fill(0, 5, 'busy:0'))));

        self::assertSame(['pbx2' => 5], array_count_values(array_column($world->placed, 1)));
    }

    public function testAServerThatDoesNotAnswerIsLeftAloneToo(): void
    {
        $world = new World();
        $world->fake->ignore('Originate');
        $dialer = $world->dialer(array_fill(0, 3, 'busy:0'), active: 1, perSecond: 1_000.0);

        $world->finish($dialer, 300.0);

        $sent = array_filter($world->fake->sent(), static fn(array $sent): bool => $sent[1]->getName() === 'Originate');
        self::assertCount(3, $sent);
        // Three times 35 s until an answer is late, and pauses of 1 s and 2 s.
        self::assertEqualsWithDelta(1_000.0 + 108.0, $world->now, 1.0);
    }

    public function testANumberForWhichThereIsNoRoomInTheQueueIsNotLost(): void
    {
        $world = new World(options: new ClientOptions(maxPendingActions: 5));

        self::assertTrue($world->finish($world->dialer(array_fill(0, 30, 'busy:1'), perSecond: 1_000.0)));

        self::assertSame(['busy' => 30], $world->outcomes());
        self::assertCount(30, $world->placed);
        self::assertLessThan(100, $world->made, 'it is tried again after a pause only');
    }

    /** @param list<float> $times in their order */
    private static function mostInASecond(array $times, float $second = 1.0): int
    {
        $most = $first = 0;
        foreach ($times as $last => $time) {
            // A call may begin when the one a second before it is a second old.
            while (($time - $times[$first]) >= ($second - 2e-6)) {
                ++$first;
            }
            $most = max($most, $last - $first + 1);
        }

        return $most;
    }
}
