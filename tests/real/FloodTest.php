<?php

declare(strict_types=1);

namespace Apn\AmiClient\Tests\Real;

use Apn\AmiClient\Actions\UserEvent;
use Apn\AmiClient\AmiClientManager;
use Apn\AmiClient\AmiEvent;
use Apn\AmiClient\ClientOptions;
use Apn\AmiClient\DropPolicy;
use Apn\AmiClient\Gap;
use PHPUnit\Framework\Attributes\DataProvider;

/** A dialplan that sends UserEvents as fast as it can, on several channels at once. */
final class FloodTest extends RealTestCase
{
    private const int CALLS = 20;
    private const int TICKS = self::CALLS * Flood::TICKS_OF_A_CALL;

    #[DataProvider('versions')]
    public function testAFloodLosesNothingAndHoldsNoOtherServerUp(int $version): void
    {
        $ami = $this->connectBoth(
            $version,
            new ClientOptions(eventQueueCapacity: 500_000, eventQueueBytes: 1_073_741_824),
        );
        $ticks = Heard::by($ami, 'UserEvent', ['UserEvent' => 'Tick']);
        $sequence = [];
        $receivedAt = [];
        $ami->server('flooded')->onEvent('*', static function (AmiEvent $event) use (&$sequence, &$receivedAt): void {
            $sequence[] = $event->sequence;
            $receivedAt[] = $event->receivedAt;
        });
        $others = new Pinger($ami->server('other'));

        Flood::start($ami->server('flooded'), self::CALLS);
        $this->tickUntil($ami, static fn(): bool => \count($ticks) >= self::TICKS, 'the flood is over');

        self::assertTrue(Flood::isInOrder($ticks->events, withoutLoss: true));
        self::assertSame(0, $ami->health()['flooded']->eventsDropped);
        self::assertSame(range($sequence[0], $sequence[0] + \count($sequence) - 1), $sequence);
        self::assertNull($others->error);
        self::assertGreaterThan(10, $others->answers);
        // However fast the machine is: no Ping waited for the flood to end.
        self::assertLessThan((end($receivedAt) - $receivedAt[0]) / 2, $others->longestSeconds);
        fprintf(STDERR, 'Asterisk %d: %.0f events/s ', $version, Flood::peakRate($receivedAt, stretch: 10_000));
    }

    /** @return iterable<string, array{int, DropPolicy}> */
    public static function policies(): iterable
    {
        foreach (self::versions() as $name => [$version]) {
            foreach (DropPolicy::cases() as $policy) {
                yield "{$name}, {$policy->value} go" => [$version, $policy];
            }
        }
    }

    #[DataProvider('policies')]
    public function testAboveTheCapDropsAreCountedOneByOne(int $version, DropPolicy $policy): void
    {
        $capacity = 1_000;
        $ami = $this->connectBoth($version, new ClientOptions(eventQueueCapacity: $capacity, dropPolicy: $policy));
        $gaps = [];
        $ami->onGap(static function (Gap $gap) use (&$gaps): void {
            $gaps[] = $gap;
        });
        $witness = $this->connect($this->asterisk($version), options: new ClientOptions(eventQueueCapacity: 500_000));
        $ticks = Heard::by($ami, 'UserEvent', ['UserEvent' => 'Tick']);
        $sent = Heard::by($witness, 'UserEvent', ['UserEvent' => 'Tick']);

        Flood::start($ami->server('flooded'), self::CALLS);
        $ami->tick();
        // Nobody ticks the first manager: its guard fills the queue.
        $this->tickUntil($witness, static fn(): bool => \count($sent) >= self::TICKS, 'the flood is over');
        // What the guard has not read by then is read here.
        $this->tickUntil(
            $ami,
            static fn(): bool => (\count($ticks) + $ami->health()['flooded']->eventsDropped) >= self::TICKS,
            'all events are accounted for',
        );

        // The event after a gap says where it ends.
        $this->ask($witness, new UserEvent(userEvent: 'Tick', headers: ['Exten' => 'end', 'Count' => '1']));
        $this->tickUntil($ami, static fn(): bool => $ticks->has('Exten', 'end'), 'the event after the gap came');

        $dropped = $ami->health()['flooded']->eventsDropped;
        self::assertSame(self::TICKS + 1, \count($ticks) + $dropped);
        self::assertGreaterThan(self::TICKS / 2, $dropped);
        self::assertSame($dropped, array_sum(array_map(static fn(Gap $gap): int => $gap->dropped, $gaps)));
        self::assertNull($gaps[0]->reason);
        self::assertTrue(Flood::isInOrder($ticks->events, withoutLoss: false));
        self::assertGreaterThanOrEqual($capacity, \count($ticks));
    }

    /** A manager with the server of that version, called "flooded", and the other one, called "other". */
    private function connectBoth(int $version, ClientOptions $options): AmiClientManager
    {
        $ami = $this->manager([
            self::config($this->asterisk($version), key: 'flooded'),
            self::config($this->asterisk($version === 16 ? 22 : 16), key: 'other'),
        ], $options);
        self::assertSame([], $ami->connectAll(wait: self::PATIENCE));

        return $ami;
    }
}
