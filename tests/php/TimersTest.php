<?php

declare(strict_types=1);

namespace Apn\AmiClient\Tests;

use Apn\AmiClient\AmiClientManager;
use Apn\AmiClient\ServerConfig;
use Apn\AmiClient\Timers;
use PHPUnit\Framework\Attributes\DataProvider;
use PHPUnit\Framework\TestCase;

final class TimersTest extends TestCase
{
    private float $now = 100.0;

    /** @var list<string> */
    private array $calls = [];

    public function testACallComesEverySoManySeconds(): void
    {
        $timers = $this->timers();
        $timers->every(1.0, fn() => $this->calls[] = "at {$this->now}");

        foreach ([100.0, 100.9, 101.0, 101.5, 102.1, 103.0] as $this->now) {
            self::assertFalse($timers());
        }

        self::assertSame(['at 101', 'at 102.1', 'at 103'], $this->calls);
    }

    public function testCallsThatWereMissedAreNotMadeUpForAndThePaceIsKept(): void
    {
        $timers = $this->timers();
        $timers->every(1.0, fn() => $this->calls[] = "at {$this->now}");

        foreach ([105.5, 105.9, 106.0] as $this->now) {
            $timers();
        }

        self::assertSame(['at 105.5', 'at 106'], $this->calls);
    }

    public function testOneIsCancelledAndTheOthersGoOn(): void
    {
        $timers = $this->timers();
        $timers->every(1.0, fn() => $this->calls[] = 'a');
        $cancel = $timers->every(1.0, fn() => $this->calls[] = 'b');
        $timers->every(0.5, static fn() => $cancel());

        foreach ([100.5, 101.0] as $this->now) {
            $timers();
        }

        self::assertSame(['a'], $this->calls);
    }

    public function testACallMayCancelOneThatIsDueWithIt(): void
    {
        $timers = $this->timers();
        $cancel = static fn() => null;
        $timers->every(1.0, static function () use (&$cancel): void {
            $cancel();
        });
        $cancel = $timers->every(1.0, fn() => $this->calls[] = 'b');

        $this->now = 101.0;
        $timers();

        self::assertSame([], $this->calls);
    }

    public function testWhatACallThrowsComesOutAndTheNextIsDueInTime(): void
    {
        $timers = $this->timers();
        $timers->every(1.0, static fn() => throw new \DomainException('no'));
        $this->now = 101.0;
        try {
            $timers();
            self::fail('it was taken');
        } catch (\DomainException) {
            self::assertFalse($timers(), 'it is due again after a second');
        }
    }

    /** @return iterable<string, array{float}> */
    public static function noTimes(): iterable
    {
        yield 'none' => [0.0];
        yield 'backwards' => [-1.0];
        yield 'never' => [INF];
        yield 'no number' => [NAN];
    }

    #[DataProvider('noTimes')]
    public function testWhatIsNoTimeIsRefused(float $seconds): void
    {
        $this->expectException(\InvalidArgumentException::class);
        $this->expectExceptionMessage('must be a time above 0');

        $this->timers()->every($seconds, static fn() => null);
    }

    public function testARunThatWaitsCallsThemUntilItIsStopped(): void
    {
        $fake = FakeProcess::start();
        $manager = new AmiClientManager([new ServerConfig('pbx1', '127.0.0.1', (int) $fake->port, 'admin', 's3cret')]);
        $timers = new Timers();
        $timers->every(0.05, function () use ($manager): void {
            $this->calls[] = 'called';
            if (count($this->calls) === 2) {
                $manager->stop();
            }
        });

        $manager->run(until: $timers);

        self::assertSame(['called', 'called'], $this->calls);
        $manager->terminate();
        $fake->stop();
    }

    private function timers(): Timers
    {
        return new Timers(fn(): float => $this->now);
    }
}
