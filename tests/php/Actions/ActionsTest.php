<?php

declare(strict_types=1);

namespace Apn\AmiClient\Tests\Actions;

use Apn\AmiClient\Action;
use Apn\AmiClient\Actions\AbsoluteTimeout;
use Apn\AmiClient\Actions\AOCMessage;
use Apn\AmiClient\Actions\AocUnit;
use Apn\AmiClient\Actions\Atxfer;
use Apn\AmiClient\Actions\BlindTransfer;
use Apn\AmiClient\Actions\Bridge;
use Apn\AmiClient\Actions\Command;
use Apn\AmiClient\Actions\ConfbridgeKick;
use Apn\AmiClient\Actions\ConfigChange;
use Apn\AmiClient\Actions\ControlPlayback;
use Apn\AmiClient\Actions\CoreShowChannels;
use Apn\AmiClient\Actions\DBPut;
use Apn\AmiClient\Actions\DialplanExtensionAdd;
use Apn\AmiClient\Actions\Enum\AocMessageType;
use Apn\AmiClient\Actions\Enum\BridgeTone;
use Apn\AmiClient\Actions\Enum\ModuleLoadType;
use Apn\AmiClient\Actions\Enum\MonitorDirection;
use Apn\AmiClient\Actions\Enum\MuteDirection;
use Apn\AmiClient\Actions\Enum\PlaybackControl;
use Apn\AmiClient\Actions\Enum\PriDebugLevel;
use Apn\AmiClient\Actions\Events;
use Apn\AmiClient\Actions\Filter;
use Apn\AmiClient\Actions\Getvar;
use Apn\AmiClient\Actions\Hangup;
use Apn\AmiClient\Actions\Logoff;
use Apn\AmiClient\Actions\MessageSend;
use Apn\AmiClient\Actions\MixMonitor;
use Apn\AmiClient\Actions\MixMonitorMute;
use Apn\AmiClient\Actions\ModuleLoad;
use Apn\AmiClient\Actions\MuteAudio;
use Apn\AmiClient\Actions\Originate;
use Apn\AmiClient\Actions\Park;
use Apn\AmiClient\Actions\Ping;
use Apn\AmiClient\Actions\PJSIPNotify;
use Apn\AmiClient\Actions\PJSIPShowEndpoint;
use Apn\AmiClient\Actions\PJSIPShowEndpoints;
use Apn\AmiClient\Actions\PlayDTMF;
use Apn\AmiClient\Actions\PRIDebugSet;
use Apn\AmiClient\Actions\QueueAdd;
use Apn\AmiClient\Actions\QueueMemberRingInUse;
use Apn\AmiClient\Actions\QueuePause;
use Apn\AmiClient\Actions\QueueReload;
use Apn\AmiClient\Actions\QueueRemove;
use Apn\AmiClient\Actions\QueueStatus;
use Apn\AmiClient\Actions\QueueSummary;
use Apn\AmiClient\Actions\Redirect;
use Apn\AmiClient\Actions\SendText;
use Apn\AmiClient\Actions\Setvar;
use Apn\AmiClient\Actions\SIPnotify;
use Apn\AmiClient\Actions\Status;
use Apn\AmiClient\Actions\UpdateConfig;
use Apn\AmiClient\Actions\UserEvent;
use Apn\AmiClient\Actions\WaitEvent;
use PHPUnit\Framework\Attributes\DataProvider;
use PHPUnit\Framework\TestCase;

/** The headers of the most common actions, and of those with an unusual parameter. */
final class ActionsTest extends TestCase
{
    /** @return iterable<string, array{Action, array<string, mixed>}> */
    public static function calls(): iterable
    {
        yield 'Originate' => [
            new Originate(
                channel: 'PJSIP/alice',
                context: 'answer',
                exten: '100',
                priority: 1,
                async: true,
                channelId: 'id',
            ),
            [
                'Channel' => 'PJSIP/alice',
                'Exten' => '100',
                'Context' => 'answer',
                'Priority' => 1,
                'Async' => 'true',
                'ChannelId' => 'id',
            ],
        ];
        yield 'Originate of an application' => [
            new Originate(
                channel: 'Local/1@a',
                application: 'Playback',
                data: 'hello-world',
                timeoutMs: 1500,
                callerId: '"Bob" <100>',
                variable: ['A' => 'x,y', 'B' => 2],
                account: 'acc',
                earlyMedia: false,
                async: false,
                codecs: ['ulaw', 'alaw'],
                channelId: 'one',
                otherChannelId: 'two',
                preDialGoSub: 'pre,s,1',
            ),
            [
                'Channel' => 'Local/1@a',
                'Application' => 'Playback',
                'Data' => 'hello-world',
                'Timeout' => 1500,
                'CallerID' => '"Bob" <100>',
                'Variable' => ['A' => 'x,y', 'B' => 2],
                'Account' => 'acc',
                'EarlyMedia' => 'false',
                'Async' => 'false',
                'Codecs' => 'ulaw,alaw',
                'ChannelId' => 'one',
                'OtherChannelId' => 'two',
                'PreDialGoSub' => 'pre,s,1',
            ],
        ];
        yield 'Hangup' => [
            new Hangup('PJSIP/alice-00000001', cause: 17),
            ['Channel' => 'PJSIP/alice-00000001', 'Cause' => 17],
        ];
        yield 'Redirect' => [
            new Redirect(
                'A',
                '100',
                'ctx',
                'label',
                extraChannel: 'B',
                extraExten: '200',
                extraContext: 'other',
                extraPriority: 2,
            ),
            [
                'Channel' => 'A',
                'Exten' => '100',
                'Context' => 'ctx',
                'Priority' => 'label',
                'ExtraChannel' => 'B',
                'ExtraExten' => '200',
                'ExtraContext' => 'other',
                'ExtraPriority' => 2,
            ],
        ];
        yield 'Setvar' => [
            new Setvar('NAME', 'a,"b"\\', channel: 'A'),
            ['Variable' => 'NAME', 'Value' => 'a,"b"\\', 'Channel' => 'A'],
        ];
        yield 'Getvar of a global' => [new Getvar('STRFTIME(0,UTC,%Y)'), ['Variable' => 'STRFTIME(0,UTC,%Y)']];
        yield 'Command' => [new Command('core show channels'), ['Command' => 'core show channels']];
        yield 'Ping' => [new Ping(), []];
        yield 'Logoff' => [new Logoff(), []];
        yield 'CoreShowChannels' => [new CoreShowChannels(), []];
        yield 'Status' => [
            new Status(channel: 'A', variables: ['X', 'CDR(src)'], allVariables: false),
            ['Channel' => 'A', 'Variables' => 'X,CDR(src)', 'AllVariables' => 'false'],
        ];
        yield 'QueueStatus' => [
            new QueueStatus(queue: 'support', member: 'PJSIP/alice'),
            ['Queue' => 'support', 'Member' => 'PJSIP/alice'],
        ];
        yield 'QueueSummary of all' => [new QueueSummary(), []];
        yield 'QueueAdd' => [
            new QueueAdd(
                'support',
                'PJSIP/alice',
                penalty: 0,
                paused: true,
                reason: 'lunch',
                memberName: 'Alice',
                stateInterface: 'hint:100@a',
            ),
            [
                'Queue' => 'support',
                'Interface' => 'PJSIP/alice',
                'Penalty' => 0,
                'Paused' => 'true',
                'Reason' => 'lunch',
                'MemberName' => 'Alice',
                'StateInterface' => 'hint:100@a',
            ],
        ];
        yield 'QueuePause' => [
            new QueuePause('PJSIP/alice', paused: false),
            ['Interface' => 'PJSIP/alice', 'Paused' => 'false'],
        ];
        yield 'QueueRemove' => [
            new QueueRemove('support', 'PJSIP/alice'),
            ['Queue' => 'support', 'Interface' => 'PJSIP/alice'],
        ];
        yield 'QueueReload' => [new QueueReload(members: true, rules: false), ['Members' => 'yes', 'Rules' => 'no']];
        yield 'QueueMemberRingInUse' => [
            new QueueMemberRingInUse('PJSIP/alice', ringInUse: false),
            ['Interface' => 'PJSIP/alice', 'RingInUse' => 'no'],
        ];
        yield 'PJSIPShowEndpoints' => [new PJSIPShowEndpoints(), []];
        yield 'PJSIPShowEndpoint' => [new PJSIPShowEndpoint('alice'), ['Endpoint' => 'alice']];
        yield 'PJSIPNotify' => [
            new PJSIPNotify(endpoint: 'alice', variable: ['Event' => 'check-sync', 'Content' => 'a "b", \\c']),
            ['Endpoint' => 'alice', 'Variable' => ['Event' => 'check-sync', 'Content' => 'a "b", \\c']],
        ];
        yield 'SIPnotify' => [
            new SIPnotify('alice', ['Event' => 'check-sync'], callId: 'x@y'),
            ['Channel' => 'alice', 'Variable' => ['Event' => 'check-sync'], 'Call-ID' => 'x@y'],
        ];
        yield 'MessageSend' => [
            new MessageSend(to: 'pjsip:alice', from: 'bob', body: 'hi', variable: ['P-Header' => 'x']),
            ['To' => 'pjsip:alice', 'From' => 'bob', 'Body' => 'hi', 'Variable' => ['P-Header' => 'x']],
        ];
        yield 'SendText' => [
            new SendText('A', 'hello', contentType: 'text/plain'),
            ['Channel' => 'A', 'Message' => 'hello', 'Content-Type' => 'text/plain'],
        ];
        yield 'UserEvent' => [
            new UserEvent('Ticket', ['Number' => 42, 'Tag' => ['a', 'b']]),
            ['UserEvent' => 'Ticket', 'Number' => 42, 'Tag' => ['a', 'b']],
        ];
        yield 'Events' => [new Events('call,agent'), ['EventMask' => 'call,agent']];
        yield 'Filter' => [
            new Filter('VarSet', matchCriteria: 'name(VarSet)'),
            ['Operation' => 'Add', 'Filter' => 'VarSet', 'MatchCriteria' => 'name(VarSet)'],
        ];
        yield 'Atxfer' => [
            new Atxfer('A', '100', context: 'ctx'),
            ['Channel' => 'A', 'Exten' => '100', 'Context' => 'ctx'],
        ];
        yield 'BlindTransfer' => [new BlindTransfer('A', '100'), ['Channel' => 'A', 'Exten' => '100']];
        yield 'Bridge' => [
            new Bridge('A', 'B', tone: BridgeTone::Nobody),
            ['Channel1' => 'A', 'Channel2' => 'B', 'Tone' => 'no'],
        ];
        yield 'Park' => [
            new Park('A', timeoutChannel: 'B', timeoutMs: 45_000, parkingSpace: '701'),
            ['Channel' => 'A', 'TimeoutChannel' => 'B', 'Timeout' => 45_000, 'ParkingSpace' => '701'],
        ];
        yield 'AbsoluteTimeout' => [
            new AbsoluteTimeout('A', timeoutSeconds: 2.5),
            ['Channel' => 'A', 'Timeout' => 2.5],
        ];
        yield 'PlayDTMF' => [
            new PlayDTMF('A', '#', durationMs: 250, receive: true),
            ['Channel' => 'A', 'Digit' => '#', 'Duration' => 250, 'Receive' => 'true'],
        ];
        yield 'ControlPlayback' => [
            new ControlPlayback('A', PlaybackControl::Pause),
            ['Channel' => 'A', 'Control' => 'pause'],
        ];
        yield 'MuteAudio' => [
            new MuteAudio('A', MuteDirection::In, state: true),
            ['Channel' => 'A', 'Direction' => 'in', 'State' => 'on'],
        ];
        yield 'MixMonitor' => [
            new MixMonitor('A', file: 'call.wav', options: 'b'),
            ['Channel' => 'A', 'File' => 'call.wav', 'Options' => 'b'],
        ];
        yield 'MixMonitorMute' => [
            new MixMonitorMute('A', MonitorDirection::Both, state: false),
            ['Channel' => 'A', 'Direction' => 'both', 'State' => '0'],
        ];
        yield 'ModuleLoad' => [
            new ModuleLoad(ModuleLoadType::Refresh, module: 'app_queue.so', recursive: true),
            ['LoadType' => 'refresh', 'Module' => 'app_queue.so', 'Recursive' => 'yes'],
        ];
        yield 'PRIDebugSet' => [new PRIDebugSet(1, PriDebugLevel::Intense), ['Span' => 1, 'Level' => 'intense']];
        yield 'ConfbridgeKick' => [new ConfbridgeKick('1000', 'all'), ['Conference' => '1000', 'Channel' => 'all']];
        yield 'DBPut of nothing' => [
            new DBPut('family', 'key', val: ''),
            ['Family' => 'family', 'Key' => 'key', 'Val' => ''],
        ];
        yield 'DialplanExtensionAdd' => [
            new DialplanExtensionAdd('ctx', '100', 'hint', 'PJSIP/alice', replace: true),
            [
                'Context' => 'ctx',
                'Extension' => '100',
                'Priority' => 'hint',
                'Application' => 'PJSIP/alice',
                'Replace' => 'yes',
            ],
        ];
        yield 'UpdateConfig' => [
            new UpdateConfig('a.conf', 'a.conf', [ConfigChange::update('general', 'x', '1')], reload: true),
            [
                'SrcFilename' => 'a.conf',
                'DstFilename' => 'a.conf',
                'Action-000000' => 'Update',
                'Cat-000000' => 'general',
                'Var-000000' => 'x',
                'Value-000000' => '1',
                'Reload' => 'yes',
            ],
        ];
        yield 'UpdateConfig with a module' => [
            new UpdateConfig('a.conf', 'b.conf', reload: 'chan_pjsip.so', preserveEffectiveContext: false),
            [
                'SrcFilename' => 'a.conf',
                'DstFilename' => 'b.conf',
                'Reload' => 'chan_pjsip.so',
                'PreserveEffectiveContext' => 'no',
            ],
        ];
        yield 'AOCMessage' => [
            new AOCMessage(AocMessageType::During, channel: 'A', units: [new AocUnit(3, 1), new AocUnit(4)]),
            ['MsgType' => 'D', 'Channel' => 'A', 'UnitAmount(0)' => 3, 'UnitType(0)' => 1, 'UnitAmount(1)' => 4],
        ];
        yield 'WaitEvent' => [new WaitEvent(timeoutSeconds: 60), ['Timeout' => 60]];
    }

    /** @param array<string, mixed> $expected */
    #[DataProvider('calls')]
    public function testItSendsExactlyTheseHeaders(Action $action, array $expected): void
    {
        self::assertSame($expected, $action->getParameters());
    }

    public function testEveryOriginateNamesItsChannelAnew(): void
    {
        $one = new Originate('PJSIP/alice');
        $other = new Originate('PJSIP/alice');

        self::assertNotSame($one->channelId, $other->channelId);
        self::assertSame($one->channelId, $one->getParameters()['ChannelId']);
        // Asterisk appends ";2" for the second half of a Local channel, and CDR tables often have 32 characters.
        self::assertMatchesRegularExpression('/^\d{10}\.[0-9a-f]{16}$/', $one->channelId);
    }

    public function testAValueOfAnotherTypeIsRefused(): void
    {
        $this->expectException(\TypeError::class);

        // @mago-expect analysis:invalid-argument
        new Hangup('PJSIP/alice', cause: '17');
    }
}
