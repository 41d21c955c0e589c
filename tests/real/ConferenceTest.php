<?php

declare(strict_types=1);

namespace Apn\AmiClient\Tests\Real;

use Apn\AmiClient\Actions\BridgeDestroy;
use Apn\AmiClient\Actions\BridgeInfo;
use Apn\AmiClient\Actions\BridgeList;
use Apn\AmiClient\Actions\ConfbridgeKick;
use Apn\AmiClient\Actions\ConfbridgeList;
use Apn\AmiClient\Actions\ConfbridgeListRooms;
use Apn\AmiClient\Actions\ConfbridgeLock;
use Apn\AmiClient\Actions\ConfbridgeMute;
use Apn\AmiClient\Actions\ConfbridgeUnlock;
use Apn\AmiClient\Actions\Originate;
use Apn\AmiClient\AmiClientManager;
use Apn\AmiClient\AmiEvent;
use PHPUnit\Framework\Attributes\DataProvider;

/** Where several channels meet: conferences and bridges. */
final class ConferenceTest extends RealTestCase
{
    #[DataProvider('versions')]
    public function testParticipantsJoinAreMutedAndLeave(int $version): void
    {
        $ami = $this->connect($this->asterisk($version));
        $events = Heard::by($ami, 'Confbridge*');

        for ($caller = 1; $caller <= 3; ++$caller) {
            $this->ask($ami, self::call('Local/700@conference/n'));
            $this->tickUntil($ami, static fn(): bool => $events->number('ConfbridgeJoin') === $caller, 'they joined');
        }
        $room = $this->ask($ami, new ConfbridgeListRooms())->getEvents();
        self::assertSame(
            [['700', 3, 'No']],
            array_map(static fn(AmiEvent $room): array => [
                $room->get('Conference'),
                $room->int('Parties'),
                $room->get('Locked'),
            ], $room),
        );
        $channels = $this->participants($ami);
        self::assertCount(3, $channels);

        $this->ask($ami, new ConfbridgeMute('700', $channels[0]));
        $this->ask($ami, new ConfbridgeLock('700'));
        $this->ask($ami, new ConfbridgeUnlock('700'));
        $this->ask($ami, new ConfbridgeKick('700', $channels[2]));
        $this->tickUntil($ami, static fn(): bool => $events->number('ConfbridgeLeave') === 1, 'one was kicked');
        // Asterisk tells of it before it takes the channel off its list.
        $left = \array_slice($channels, 0, 2);
        $this->tickUntil($ami, fn(): bool => $this->participants($ami) === $left, 'the others are listed');
        self::assertTrue($events->has('Event', 'ConfbridgeMute'));
        self::assertSame($channels[2], $events->first('ConfbridgeLeave')->get('Channel'));

        $this->ask($ami, new ConfbridgeKick('700', 'all'));
        $this->tickUntil($ami, static fn(): bool => $events->has('Event', 'ConfbridgeEnd'), 'the conference is over');
        self::assertSame(
            'No active conferences.',
            $this->refusal($ami, new ConfbridgeListRooms())->response->getMessage(),
        );
    }

    #[DataProvider('versions')]
    public function testABridgeIsSeenFromItsBeginningToItsEnd(int $version): void
    {
        $ami = $this->connect($this->asterisk($version));
        $events = Heard::by($ami, 'Bridge*', ['BridgeType' => 'basic']);

        $this->ask($ami, self::call('Local/100@dial/n'));
        $this->tickUntil($ami, static fn(): bool => $events->number('BridgeEnter') === 2, 'two talk to each other');
        $bridge = (string) $events->first('BridgeCreate')->get('BridgeUniqueid');
        self::assertContains($bridge, array_map(static fn(AmiEvent $item): ?string => $item->get(
            'BridgeUniqueid',
        ), $this->ask($ami, new BridgeList())->getEvents()));
        $info = $this->ask($ami, new BridgeInfo($bridge));
        self::assertCount(2, $info->getEvents());
        self::assertSame('basic', self::complete($info)->get('BridgeType'));

        $this->ask($ami, new BridgeDestroy($bridge));
        $this->tickUntil($ami, static fn(): bool => $events->has('Event', 'BridgeDestroy'), 'the bridge is gone');

        self::assertSame([$bridge], array_values(array_unique($events->values('BridgeUniqueid'))));
        self::assertSame(2, $events->number('BridgeLeave'));
        self::assertSame('BridgeDestroy', $events->events[\count($events) - 1]->name);
    }

    /** @return list<string> in the order in which they joined */
    private function participants(AmiClientManager $ami): array
    {
        $list = $this->ask($ami, new ConfbridgeList('700'));
        self::assertSame(\count($list->getEvents()), self::complete($list)->int('ListItems'));

        return array_map(static fn(AmiEvent $item): string => (string) $item->get('Channel'), $list->getEvents());
    }

    private static function call(string $channel): Originate
    {
        return new Originate(channel: $channel, exten: '200', context: 'answer', priority: 1, async: true);
    }
}
