<?php

declare(strict_types=1);

namespace Apn\AmiClient\Tests\Real;

use Apn\AmiClient\Tests\Real\Live\Caller;
use Apn\AmiClient\Tests\Real\Live\Recording;
use Apn\AmiClient\Tests\Real\Live\Servers;
use Apn\AmiClient\Tests\Real\Live\Wire;
use PHPUnit\Framework\Attributes\DataProvider;

/**
 * What the live model believes of Asterisk, a fact a test: one that falls with a newer Asterisk is a rule of src/live that falls.
 *
 * What comes late does so now and then only. Of that it is tested that it never comes the other way round.
 */
final class LiveFactsTest extends RealTestCase
{
    private const float LONG = 60.0;

    /** What every event of a channel's own says of it (main/manager_channels.c, `ast_manager_build_channel_state_string_prefix`). */
    private const array SNAPSHOT = [
        'channel',
        'channelstate',
        'channelstatedesc',
        'calleridnum',
        'calleridname',
        'connectedlinenum',
        'connectedlinename',
        'language',
        'accountcode',
        'context',
        'exten',
        'priority',
        'uniqueid',
        'linkedid',
    ];

    /** An action runs in the thread of its session, which writes no event meanwhile. */
    #[DataProvider('versions')]
    public function testNoEventComesBetweenTheItemsOfAList(int $version): void
    {
        $recording = Recording::of($version);
        $items = 0;

        foreach ($recording->lists as $list) {
            [$first, $last] = $recording->span($list);
            for ($at = $first; $at <= $last; ++$at) {
                self::assertSame($list, $recording->frames[$at]['actionid'] ?? 'none', "frame {$at}");
                ++$items;
            }
        }
        self::assertGreaterThan(500, $items, 'there were channels to be listed');
    }

    /**
     * The cache is written before the event is published: what is in it is as old as the events, or newer. But the cache by name, which
     * CoreShowChannels of Asterisk 16 reads, has a thread of its own: a channel may be missing in the first list after its Newchannel.
     */
    #[DataProvider('versions')]
    public function testAListIsNotBehindTheEventsButForNewbornChannelsOfAsterisk16(int $version): void
    {
        $recording = Recording::of($version);
        $born = $recording->firsts('Newchannel');
        $died = $recording->firsts('Hangup');
        $gone = [];
        $absent = 0;
        $before = 0;

        foreach ($recording->lists as $list) {
            [$first] = $recording->span($list);
            $items = $recording->items($list);
            self::assertSame([], array_intersect_key($items, $gone), 'who was missing once is dead');
            $newborn = $version === 16 ? $before : PHP_INT_MAX;
            $before = $first;
            foreach ($born as $channel => $at) {
                if ($at < $first && !isset($items[$channel])) {
                    $at > $newborn or ($gone[$channel] = true);
                    ++$absent;
                    self::assertArrayHasKey($channel, $died, 'the Hangup of who is missing has come or comes');
                }
            }
        }
        self::assertGreaterThan(100, $absent, 'there were channels to be missed');
        self::assertSame([], array_diff_key($born, $died), 'in the end all were hung up');
    }

    /** Asterisk 16 clears the cache when the channel's destructor is done, later ones before the Hangup. */
    #[DataProvider('versions')]
    public function testOfTheDeadOnlyAsterisk16ListsSomeAndOnlyForAMoment(int $version): void
    {
        $recording = Recording::of($version);
        $died = $recording->firsts('Hangup');
        $dead = 0;

        foreach ($recording->lists as $list) {
            [$first] = $recording->span($list);
            $dead += \count(array_filter(
                $recording->items($list),
                static fn(int $_, string $channel): bool => ($died[$channel] ?? INF) < $first,
                ARRAY_FILTER_USE_BOTH,
            ));
        }
        $version === 16 or self::assertSame(0, $dead);
        self::assertSame([], $recording->left, 'when all were hung up and it was quiet');
    }

    /** By which a model knows what was born after a list. */
    #[DataProvider('versions')]
    public function testTheNumbersOfUniqueidsCountUp(int $version): void
    {
        $wire = new Wire(Servers::expendable($version));
        $last = -1;

        for ($call = 0; $call < 5; ++$call) {
            $answered = $this->originate($wire, "Local/10{$call}@answer");
            self::assertMatchesRegularExpression('/^\d+\.\d+$/', $answered['uniqueid']);
            $number = (int) substr((string) strrchr($answered['uniqueid'], '.'), 1);
            self::assertGreaterThan($last, $number);
            $last = $number;
        }
        $own = $this->originate($wire, 'Local/200@answer', ['ChannelId' => 'mine-1']);
        self::assertSame('mine-1', $own['uniqueid'], 'an id of the caller stays as it is');
        $this->hangUpAll($wire);
    }

    /** One change of a snapshot gives up to five events, the Hangup first. */
    #[DataProvider('versions')]
    public function testAfterTheHangupOfAChannelNothingSaysThatItIsThere(int $version): void
    {
        $recording = Recording::of($version);
        $died = $recording->firsts('Hangup');
        $late = [];

        foreach ($recording->events() as $at => $event) {
            if ($at > ($died[$event['uniqueid'] ?? ''] ?? INF)) {
                $late[$event['event']] = true;
            }
        }
        // NewCallerid, NewConnectedLine, ParkedCallGiveUp, ConfbridgeLeave and AgentComplete were seen to come.
        $alive = ['Newchannel', 'Newstate', 'Newexten', 'BridgeEnter', 'Hangup'];
        self::assertSame([], array_values(array_intersect($alive, array_keys($late))));
    }

    #[DataProvider('versions')]
    public function testEachOfTheSevenEventsOfAChannelHasItsWholeState(int $version): void
    {
        $recording = Recording::of($version);
        $last = [];
        $seen = [];

        [$listed] = $recording->span($recording->lists[array_key_last($recording->lists)]);
        foreach ($recording->events(...Recording::OWN) as $at => $event) {
            $missing = array_diff(self::SNAPSHOT, array_keys($event));
            self::assertSame([], array_values($missing), "{$event['event']} of {$event['channel']}");
            $seen[$event['event']] = true;
            if ($at < $listed && isset($recording->quiet[$event['uniqueid']])) {
                $last[$event['uniqueid']] = $event;
            }
        }
        self::assertSame([], array_values(array_diff(Recording::OWN, array_keys($seen))), 'all seven came');
        self::assertNotEmpty($last);
        foreach ($last as $channel => $event) {
            // The Linkedid moves without an event, see below; the application and its place in the dialplan too.
            foreach (array_diff(self::SNAPSHOT, ['linkedid', 'context', 'exten', 'priority']) as $header) {
                self::assertSame(
                    $recording->quiet[$channel][$header],
                    $event[$header],
                    "{$header} of {$event['channel']}",
                );
            }
        }
    }

    /** Since Asterisk 12 a masquerade swaps name, id and Linkedid together. */
    #[DataProvider('versions')]
    public function testAChannelKeepsItsNameForLife(int $version): void
    {
        $recording = Recording::of($version);
        $names = [];
        $ids = [];

        foreach ($recording->events(...Recording::OWN, ...['BridgeEnter', 'BridgeLeave', 'VarSet']) as $event) {
            $names[$event['uniqueid']][$event['channel']] = true;
            $ids[$event['channel']][$event['uniqueid']] = true;
        }
        self::assertGreaterThan(100, \count($names));
        self::assertSame([], array_filter($names, static fn(array $all): bool => \count($all) > 1));
        self::assertSame([], array_filter($ids, static fn(array $all): bool => \count($all) > 1));
        self::assertSame([], $recording->events('Rename'));
    }

    #[DataProvider('versions')]
    public function testInABridgeOfTwoAllHaveTheOldestLinkedidAndOnlyWhoEntersTellsIt(int $version): void
    {
        $wire = new Wire(Servers::expendable($version));
        $old = $this->originate($wire, 'Local/100@answer');
        $young = $this->originate($wire, 'Local/200@answer');
        $from = $wire->mark();

        // Who is named first enters first.
        $wire->send('Bridge', ['Channel1' => $young['channel'], 'Channel2' => $old['channel']]);
        $wire->readUntil(
            static fn(): bool => \count(self::since($wire, $from, 'BridgeEnter')) === 2,
            'both are in the bridge',
        );

        [$first, $second] = self::since($wire, $from, 'BridgeEnter');
        self::assertSame('basic', $first['bridgetype']);
        self::assertSame([$young['uniqueid'], $young['uniqueid']], [$first['uniqueid'], $first['linkedid']]);
        self::assertSame([$old['uniqueid'], $old['uniqueid']], [$second['uniqueid'], $second['linkedid']]);
        $listed = array_column($wire->list('CoreShowChannels'), null, 'uniqueid');
        self::assertSame($old['uniqueid'], $listed[$young['uniqueid']]['linkedid'], 'the younger one has moved');
        self::assertSame($first['bridgeuniqueid'], $listed[$young['uniqueid']]['bridgeid']);
        foreach (self::since($wire, $from, ...Recording::OWN) as $event) {
            self::assertFalse(
                $event['uniqueid'] === $young['uniqueid'] && $event['linkedid'] === $old['uniqueid'],
                "{$event['event']} told of it",
            );
        }
        $this->hangUpAll($wire);
    }

    #[DataProvider('versions')]
    public function testInAConferenceEachKeepsItsLinkedid(int $version): void
    {
        $wire = new Wire(Servers::expendable($version));
        $from = $wire->mark();

        $this->originate($wire, 'Local/100@answer', ['Context' => 'conference']);
        $this->originate($wire, 'Local/200@answer', ['Context' => 'conference']);
        $wire->readUntil(
            static fn(): bool => \count(self::since($wire, $from, 'BridgeEnter')) === 2,
            'both are in the conference',
        );

        $bridge = self::since($wire, $from, 'BridgeEnter')[0];
        self::assertSame('base', $bridge['bridgetype']);
        $members = array_filter(
            $wire->list('CoreShowChannels'),
            static fn(array $channel): bool => $channel['bridgeid'] === $bridge['bridgeuniqueid'],
        );
        self::assertCount(2, array_unique(array_column($members, 'linkedid')));
        $this->hangUpAll($wire);
    }

    /** The application goes on with a surrogate, whose leaving nobody is told. */
    #[DataProvider('versions')]
    public function testWhoIsPulledOutOfAQueueNeverLeavesIt(int $version): void
    {
        $wire = new Wire(Servers::expendable($version));
        $from = $wire->mark();
        $caller = $this->originate($wire, 'Local/300@answer', ['Context' => 'waiting']);
        $other = $this->originate($wire, 'Local/400@answer');
        $wire->readUntil(
            static fn(): bool => self::since($wire, $from, 'QueueCallerJoin') !== [],
            'the caller is in the queue',
        );

        $wire->send('Bridge', ['Channel1' => $caller['channel'], 'Channel2' => $other['channel']]);
        $wire->readUntil(
            static fn(): bool => \count(self::since($wire, $from, 'BridgeEnter')) === 2,
            'both are in the bridge',
        );
        $wire->readUntil(
            static fn(): bool => !\in_array(
                'QueueEntry',
                array_column($wire->list('QueueStatus', ['Queue' => 'sales']), 'event'),
                true,
            ),
            'the queue has nobody',
        );
        $this->hangUpAll($wire);

        self::assertSame([], self::since($wire, $from, 'QueueCallerLeave'));
    }

    /** Linkedids that were joined are one call from then on: its parts never come apart, and it ends once, but for a channel that was being dialled. */
    #[DataProvider('versions')]
    public function testCallsBeginMergeAndEndOnce(int $version): void
    {
        $calls = new Live\JoinedCalls();
        $recording = Recording::of($version);

        foreach ($recording->events() as $event) {
            $calls->take($event);
        }

        self::assertSame([], $calls->reopened);
        self::assertLessThan($calls->ended / 20, $calls->tails, 'a tail of a call that ended is rare');
        self::assertSame(0, $calls->open());
        self::assertSame($calls->started, $calls->merged + $calls->ended);
        self::assertGreaterThan(80, $calls->ended);
        self::assertGreaterThan(0, $calls->merged);
    }

    #[DataProvider('versions')]
    public function testTheDialOfAnOriginateHasNoCallerAndALocalChannelIsAnsweredTwice(int $version): void
    {
        $wire = new Wire(Servers::expendable($version));
        $from = $wire->mark();

        $this->originate($wire, 'Local/100@dial/n');
        $this->hangUpAll($wire);

        $dials = self::since($wire, $from, 'DialBegin');
        self::assertSame([false, true], array_map(static fn(array $dial): bool => isset($dial['channel']), $dials));
        $ends = array_column(self::since($wire, $from, 'DialEnd'), 'dialstatus');
        self::assertSame(['ANSWER', 'ANSWER'], $ends);
    }

    /** As phones do it, by a REFER that replaces a second call. */
    #[DataProvider('versions')]
    public function testAnAttendedTransferIsASwapThenTheEventThenTheHangups(int $version): void
    {
        $server = Servers::expendable($version);
        $wire = new Wire($server);
        $phone = new Caller($server);
        // Someone to talk to: the extension alone is in no bridge.
        $server->configure(
            'pjsip.conf',
            preg_replace('/(\[bob\]\ntype = endpoint\ncontext = )\w+/', '$1dial', $server->configuration('pjsip.conf'))
            ?? '',
        );
        $server->console('module reload res_pjsip.so');
        $from = $wire->mark();
        $until = static function (\Closure $condition, string $what) use ($wire, $phone): void {
            $wire->readUntil(
                static function () use ($phone, $condition): bool {
                    $phone->pump();

                    return $condition();
                },
                $what,
                self::LONG,
            );
        };
        [$one, $two] = [$phone->call('201'), $phone->call('202')];
        $until(static fn(): bool => $phone->isUp($one) && $phone->isUp($two), 'both calls are up');
        $until(static fn(): bool => \count(self::since($wire, $from, 'BridgeEnter')) === 4, 'both are in a bridge');
        $from = $wire->mark();

        $phone->transfer($one, $two);
        $until(static fn(): bool => \count(self::bobs(self::since($wire, $from, 'Hangup'))) === 2, 'bob has left');

        $told = array_values(array_filter(
            self::since($wire, $from, 'BridgeLeave', 'BridgeEnter', 'AttendedTransfer', 'Hangup'),
            static fn(array $event): bool => $event['event'] !== 'Hangup'
            || str_starts_with($event['channel'], 'PJSIP/'),
        ));
        $names = array_column($told, 'event');
        self::assertContains('AttendedTransfer', $names);
        $transfer = (int) array_search('AttendedTransfer', $names, true);
        $enter = (int) array_search('BridgeEnter', $names, true);
        self::assertLessThan($enter, (int) array_search('BridgeLeave', $names, true));
        self::assertLessThan($transfer, $enter);
        self::assertLessThan((int) array_search('Hangup', $names, true), $transfer);
        self::assertArrayHasKey('swapuniqueid', $told[$enter]);
        self::assertSame('Success', $told[$transfer]['result']);
        $this->hangUpAll($wire);
    }

    /** The login works long before the modules do: an empty list would be a lie, and none is told. */
    #[DataProvider('versions')]
    public function testAServerThatBootsRefusesListsAndTellsNoEmptyOne(int $version): void
    {
        $server = Servers::expendable($version);
        $before = $this->numberOf($this->originate(new Wire($server), 'Local/100@answer'));
        $server->kill();
        $server->startAgain();

        $deadline = microtime(true) + 90.0;
        $wire = null;
        for ($isBooted = false; !$isBooted;) {
            self::assertLessThan($deadline, microtime(true), 'it does not boot');
            try {
                $wire ??= new Wire($server);
                $isBooted = $wire->events('FullyBooted') !== [];
                $id = $wire->send('QueueStatus');
                $wire->readUntil(static fn(): bool => $wire->hasAnswer($id), 'it was answered');
            } catch (\RuntimeException) {
                // It does not listen yet, or a module reloads the manager.
                $wire = null;
                $isBooted = false;
                continue;
            }
            $items = $wire->answer($id);
            if (self::isSuccess($wire, $id)) {
                self::assertContains('support', array_column($items, 'queue'), 'a list that is answered has all');
            } else {
                self::assertFalse($isBooted, 'when it has booted it answers');
            }
        }
        $wire ?? self::fail('it did not boot');
        self::assertTrue($this->numberOf($this->originate($wire, 'Local/100@answer')) <= $before, 'numbers count anew');
        $this->hangUpAll($wire);
    }

    /** @param array<string, string> $answered */
    private function numberOf(array $answered): int
    {
        return (int) substr((string) strrchr($answered['uniqueid'], '.'), 1);
    }

    private static function isSuccess(Wire $wire, string $id): bool
    {
        return array_any(
            $wire->frames,
            static fn(array $frame): bool => (
                ($frame['actionid'] ?? '') === $id
                && ($frame['response'] ?? '') === 'Success'
            ),
        );
    }

    /**
     * A call that is answered.
     *
     * @param array<string, string> $headers
     *
     * @return array<string, string> its OriginateResponse
     */
    private function originate(Wire $wire, string $channel, array $headers = []): array
    {
        $id = $wire->send('Originate', [
            'Channel' => $channel,
            'Context' => 'answer',
            'Exten' => '300',
            'Priority' => '1',
            'Timeout' => '30000',
            'Async' => 'true',
            ...$headers,
        ]);
        $answer = null;
        $wire->readUntil(static function () use ($wire, $id, &$answer): bool {
            $answer = array_find(
                $wire->events('OriginateResponse'),
                static fn(array $event): bool => $event['actionid'] === $id,
            );

            return $answer !== null;
        }, "{$channel} was answered");
        self::assertSame('Success', $answer['response'] ?? '');

        return $answer;
    }

    private function hangUpAll(Wire $wire): void
    {
        $wire->send('Hangup', ['Channel' => '/.*/', 'Cause' => '16']);
        $wire->readUntil(static fn(): bool => $wire->list('CoreShowChannels') === [], 'all calls have ended');
    }

    /**
     * The events of these names from this frame on.
     *
     * @return list<array<string, string>>
     */
    private static function since(Wire $wire, int $from, string ...$names): array
    {
        return array_values(array_filter(\array_slice($wire->frames, $from), static fn(array $frame): bool => \in_array(
            $frame['event'] ?? '',
            $names,
            true,
        )));
    }

    /**
     * @param list<array<string, string>> $events
     *
     * @return list<array<string, string>>
     */
    private static function bobs(array $events): array
    {
        return array_values(array_filter($events, static fn(array $event): bool => str_starts_with(
            $event['channel'],
            'PJSIP/bob-',
        )));
    }
}
