<?php

declare(strict_types=1);

namespace Apn\AmiClient\Tests\Real;

use Apn\AmiClient\Actions\Originate;
use Apn\AmiClient\Actions\QueueAdd;
use Apn\AmiClient\Actions\QueuePause;
use Apn\AmiClient\Actions\QueueRemove;
use Apn\AmiClient\Actions\QueueStatus;
use Apn\AmiClient\Actions\QueueSummary;
use Apn\AmiClient\AmiClientManager;
use Apn\AmiClient\AmiEvent;
use PHPUnit\Framework\Attributes\DataProvider;

/** A queue through whole calls: what a wallboard builds its numbers from. */
final class QueueTest extends RealTestCase
{
    #[DataProvider('versions')]
    public function testACallGoesThroughTheQueueToAMember(int $version): void
    {
        $ami = $this->connect($this->asterisk($version));
        $events = Heard::by($ami, [
            'QueueCallerJoin',
            'QueueCallerLeave',
            'AgentCalled',
            'AgentConnect',
            'AgentComplete',
        ]);

        $caller = self::complete($this->ask($ami, self::call('queue')));
        $this->tickUntil($ami, static fn(): bool => $events->has('Event', 'AgentConnect'), 'a member answered');
        $this->ask($ami, 'Hangup', ['Channel' => (string) $caller->get('Channel')]);
        $this->tickUntil($ami, static fn(): bool => $events->has('Event', 'AgentComplete'), 'the call is over');

        $names = array_column($events->events, 'name');
        // Both members are called, in any order; the rest has an order.
        self::assertSame(
            ['QueueCallerJoin', 'QueueCallerLeave', 'AgentConnect', 'AgentComplete'],
            array_values(array_filter($names, static fn(string $name): bool => $name !== 'AgentCalled')),
        );
        self::assertContains('AgentCalled', $names);
        self::assertSame(['support'], array_values(array_unique($events->values('Queue'))));
        $connect = $events->first('AgentConnect');
        self::assertSame('Agent 201', $connect->get('MemberName'));
        self::assertSame($events->first('QueueCallerJoin')->get('Uniqueid'), $connect->get('Uniqueid'));
    }

    #[DataProvider('versions')]
    public function testMembersComePauseServeAndGo(int $version): void
    {
        $ami = $this->connect($this->asterisk($version));
        $events = Heard::by($ami, [
            'QueueMemberAdded',
            'QueueMemberPause',
            'QueueMemberRemoved',
            'QueueCallerJoin',
            'AgentConnect',
        ]);
        $interface = 'Local/301@answer';

        $this->ask($ami, self::call('waiting'));
        $this->tickUntil($ami, static fn(): bool => $events->has('Event', 'QueueCallerJoin'), 'a caller waits');
        self::assertSame([1, 0], $this->callersAndMembers($ami));
        $this->ask($ami, new QueueAdd('sales', $interface, penalty: 3, paused: true, memberName: 'Agent 301'));
        $member = $this->member($ami);
        self::assertSame(['1', '3', 'Agent 301'], [
            $member->get('Paused'),
            $member->get('Penalty'),
            $member->get('Name'),
        ]);
        self::assertFalse($events->has('Event', 'AgentConnect'));
        $this->ask($ami, new QueuePause($interface, paused: false, queue: 'sales'));
        $this->tickUntil($ami, static fn(): bool => $events->has('Event', 'AgentConnect'), 'the member answered');
        self::assertSame([0, 1], $this->callersAndMembers($ami));
        $this->ask($ami, new QueueRemove('sales', $interface));
        $this->tickUntil($ami, static fn(): bool => $events->has('Event', 'QueueMemberRemoved'), 'the member left');

        self::assertSame(
            ['QueueCallerJoin', 'QueueMemberAdded', 'QueueMemberPause', 'AgentConnect', 'QueueMemberRemoved'],
            array_column($events->events, 'name'),
        );
        self::assertSame(
            'Unable to remove interface: Not there',
            $this->refusal($ami, new QueueRemove('sales', $interface))->response->getMessage(),
        );
    }

    /** @return array{int, int} */
    private function callersAndMembers(AmiClientManager $ami): array
    {
        $status = $this->ask($ami, new QueueStatus(queue: 'sales'));
        $names = array_count_values(array_column($status->getEvents(), 'name'));
        $summary = $this->ask($ami, new QueueSummary(queue: 'sales'))->getEvents()[0];
        self::assertSame($names['QueueEntry'] ?? 0, $summary->int('Callers'));
        self::assertSame(\count($status->getEvents()), self::complete($status)->int('ListItems'));

        return [$names['QueueEntry'] ?? 0, $names['QueueMember'] ?? 0];
    }

    private function member(AmiClientManager $ami): AmiEvent
    {
        foreach ($this->ask($ami, new QueueStatus(queue: 'sales'))->getEvents() as $item) {
            if ($item->name === 'QueueMember') {
                return $item;
            }
        }
        self::fail('the queue has no member');
    }

    private static function call(string $context): Originate
    {
        return new Originate(
            channel: "Local/100@{$context}/n",
            exten: '200',
            context: 'answer',
            priority: 1,
            callerId: 'Caller <5551>',
            async: true,
        );
    }
}
