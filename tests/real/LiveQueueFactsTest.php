<?php

declare(strict_types=1);

namespace Apn\AmiClient\Tests\Real;

use Apn\AmiClient\AmiClientManager;
use Apn\AmiClient\Live\Kind;
use Apn\AmiClient\Live\LiveOptions;
use Apn\AmiClient\Live\Model;
use Apn\AmiClient\Live\State;
use Apn\AmiClient\Tests\Real\Live\QueueComparison;
use Apn\AmiClient\Tests\Real\Live\Servers;
use Apn\AmiClient\Tests\Real\Live\Wire;
use PHPUnit\Framework\Attributes\DataProvider;

/** What the live model believes of Asterisk's queues, a fact a test; and what it makes of it. */
final class LiveQueueFactsTest extends RealTestCase
{
    /** Why queues are listed again and again. */
    #[DataProvider('versions')]
    public function testAReloadThatAddsAndRemovesMembersAndQueuesTellsNothing(int $version): void
    {
        $server = Servers::expendable($version);
        $wire = new Wire($server);
        $before = $server->configuration('queues.conf');
        $ami = $this->manager([self::config($server, key: (string) $version)]);
        $model = $this->queues($ami);
        self::assertNotNull($model->queue('live3'));
        $from = $wire->mark();

        $server->configure(
            'queues.conf',
            "{$before}\n[fresh]\nmember => Local/900@member\n[live2](+)\nmember => Local/901@member\n",
        );
        $server->console('queue reload all');
        $wire->readUntil(static fn(): bool => \in_array(
            'fresh',
            array_column($wire->list('QueueStatus'), 'queue'),
            true,
        ), 'it is reloaded');

        $told = array_column(\array_slice($wire->frames, $from), 'event');
        self::assertSame(
            [],
            array_values(array_intersect($told, ['QueueMemberAdded', 'QueueMemberRemoved', 'Reload'])),
        );
        $model->resync();
        $this->tickUntil(
            $ami,
            static fn(): bool => (
                $model->queue('fresh')?->member('Local/900@member') !== null
                && $model->queue('live2')?->member('Local/901@member') !== null
            ),
            'the next list has them',
        );
        self::assertSame([], new QueueComparison($model, (string) $version, $wire->list('QueueStatus'))->differences);

        $server->configure('queues.conf', $before);
        $server->console('queue reload all');
        $wire->readUntil(
            static fn(): bool => !\in_array('fresh', array_column($wire->list('QueueStatus'), 'queue'), true),
            'it is reloaded again',
        );
        $model->resync();
        $this->tickUntil($ami, static fn(): bool => $model->queue('fresh') === null, 'the next list has it no more');
    }

    /** The list of who is paused no more has no reason, the event still has it. */
    #[DataProvider('versions')]
    public function testTheEndOfAPauseHasItsReasonInTheEventOnly(int $version): void
    {
        $server = Servers::expendable($version);
        $wire = new Wire($server);
        $ami = $this->manager([self::config($server, key: (string) $version)]);
        $model = $this->queues($ami);
        $interface = 'Local/101@member';
        $paused = static fn(string $is): array => [
            'Queue' => 'live1',
            'Interface' => $interface,
            'Paused' => $is,
            'Reason' => 'lunch',
        ];

        $wire->send('QueuePause', $paused('true'));
        $member = $model->queue('live1')?->member($interface) ?? self::fail('it is a member');
        $this->tickUntil($ami, $member->isPaused(...), 'it is paused');
        self::assertSame('lunch', $member->pauseReason());
        $wire->send('QueuePause', $paused('false'));
        $this->tickUntil($ami, static fn(): bool => !$member->isPaused(), 'it goes on');

        self::assertSame('', $member->pauseReason());
        self::assertSame([], new QueueComparison($model, (string) $version, $wire->list('QueueStatus'))->differences);
    }

    /** A caller who is bridged away is in no queue, and no event says so; in the model neither. */
    #[DataProvider('versions')]
    public function testWhoIsPulledOutOfAQueueIsInItNoMoreInTheModel(int $version): void
    {
        $server = Servers::expendable($version);
        $wire = new Wire($server);
        $ami = $this->manager([self::config($server, key: (string) $version)]);
        $model = $this->queues($ami);
        foreach (['Local/300@answer' => 'waiting', 'Local/400@answer' => 'answer'] as $channel => $context) {
            $wire->send('Originate', [
                'Channel' => $channel,
                'Context' => $context,
                'Exten' => '300',
                'Priority' => '1',
                'Async' => 'true',
            ]);
        }
        $sales = $model->queue('sales') ?? self::fail('it is configured');
        $this->tickUntil($ami, static fn(): bool => \count($sales->callers()) === 1, 'the caller waits');
        $caller = $sales->callers()[0];
        $call = $caller->call() ?? self::fail('he has a call');
        self::assertSame(['sales', 1], [$call->queue(), $caller->position()]);
        $this->tickUntil($ami, static fn(): bool => \count($model->calls(answered: true)) >= 2, 'the other is there');
        $others = array_filter(
            $wire->list('CoreShowChannels'),
            static fn(array $item): bool => (
                str_starts_with($item['channel'], 'Local/400@') && str_ends_with($item['channel'], ';1')
            ),
        );

        $wire->send('Bridge', [
            'Channel1' => $caller->channelName,
            'Channel2' => array_values($others)[0]['channel'] ?? '',
        ]);
        $this->tickUntil($ami, static fn(): bool => $sales->callers() === [], 'he waits no more');

        self::assertFalse($caller->isWaiting());
        self::assertSame([], new QueueComparison($model, (string) $version, $wire->list('QueueStatus'))->differences);
        $wire->send('Hangup', ['Channel' => '/.*/', 'Cause' => '16']);
        $wire->readUntil(static fn(): bool => $wire->list('CoreShowChannels') === [], 'all calls have ended');
    }

    /** AgentComplete and Asterisk's counter are two things: the model has the counter of the last list, and counts for itself. */
    #[DataProvider('versions')]
    public function testCountersAreThoseOfTheLastList(int $version): void
    {
        $server = Servers::expendable($version);
        $wire = new Wire($server);
        $ami = $this->manager([self::config($server, key: (string) $version)]);
        $model = $this->queues($ami);
        $queue = $model->queue('live1') ?? self::fail('it is configured');
        [$completed, $countedAt] = [$queue->completed(), $queue->countedAt()];

        $wire->send('Originate', [
            'Channel' => 'Local/300@answer',
            'Application' => 'Queue',
            'Data' => 'live1',
            'Async' => 'true',
        ]);
        $this->tickUntil(
            $ami,
            static fn(): bool => $queue->seenAnswered() > 0 && $queue->callers() === [],
            'a member has answered',
        );
        $wire->readUntil(
            static fn(): bool => $wire->events('AgentComplete') !== [],
            'they have talked',
            self::PATIENCE,
        );
        $counted = static fn(): int => (int) (
            array_find(
                $wire->list('QueueStatus', ['Queue' => 'live1']),
                static fn(array $item): bool => $item['event'] === 'QueueParams',
            )['completed'] ?? 0
        );
        $wire->readUntil(static fn(): bool => $counted() > $completed, 'Asterisk has counted it');

        $model->resync();
        $this->tickUntil(
            $ami,
            static fn(): bool => $queue->countedAt() > $countedAt && $queue->completed() > $completed,
            'the next list has it',
        );
        self::assertGreaterThanOrEqual(1, $queue->seenJoined());
        $wire->send('Hangup', ['Channel' => '/.*/', 'Cause' => '16']);
        $wire->readUntil(static fn(): bool => $wire->list('CoreShowChannels') === [], 'all calls have ended');
    }

    private function queues(AmiClientManager $ami): Model
    {
        self::assertSame([], $ami->connectAll(wait: self::PATIENCE));
        $model = $ami->live(new LiveOptions(kinds: [Kind::Queues]));
        self::assertTrue($model->await(self::PATIENCE));
        self::assertSame(State::Current, $model->state(kind: Kind::Queues));

        return $model;
    }
}
