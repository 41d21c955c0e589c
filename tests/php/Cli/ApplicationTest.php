<?php

declare(strict_types=1);

namespace Apn\AmiClient\Tests\Cli;

use Apn\AmiClient\AmiClientManager;
use Apn\AmiClient\Cli\ActionsCommand;
use Apn\AmiClient\Cli\Application;
use Apn\AmiClient\Cli\CallCommand;
use Apn\AmiClient\Cli\Command;
use Apn\AmiClient\Cli\CompletionCommand;
use Apn\AmiClient\Cli\Console;
use Apn\AmiClient\Cli\ConsoleCommand;
use Apn\AmiClient\Cli\FakeCommand;
use Apn\AmiClient\Cli\ListenCommand;
use Apn\AmiClient\Cli\LiveCommand;
use Apn\AmiClient\Cli\Reference;
use Apn\AmiClient\Cli\SendCommand;
use Apn\AmiClient\Cli\StatusCommand;
use Apn\AmiClient\Cli\Terminal;
use Apn\AmiClient\Testing\FakeAsterisk;
use Apn\AmiClient\Tests\FakeProcess;
use PHPUnit\Framework\Attributes\DataProvider;
use PHPUnit\Framework\TestCase;

require_once \dirname(__DIR__, 2) . '/phpt/fake.inc';

/** The commands in this process, with a fake server in another. BinAmiTest runs the commands as processes. */
final class ApplicationTest extends TestCase
{
    private const array ENVIRONMENT = [
        'AMI_HOST' => 'pbx1.example',
        'AMI_SERVER' => 'pbx1',
        'AMI_USERNAME' => 'admin',
        'AMI_SECRET' => 's3cret',
    ];

    private ?FakeProcess $fake = null;

    /** @var resource|null */
    private static mixed $silent = null;
    private Console $console;

    /** @var resource */
    private $output;

    /** @var resource */
    private $errors;

    /** @var array<string, mixed> */
    private array $config = [];

    protected function setUp(): void
    {
        $this->output = fopen('php://memory', 'w+b') ?: self::fail('no memory');
        $this->errors = fopen('php://memory', 'w+b') ?: self::fail('no memory');
        $this->useEnvironment(self::ENVIRONMENT);
    }

    protected function tearDown(): void
    {
        $this->fake?->stop();
        self::$silent = null;
    }

    public function testSendPrintsTheAnswerAndItsList(): void
    {
        $this->useFake();

        self::assertSame(0, $this->ami('send', 'pbx1', 'QueueStatus', 'Queue=support'));
        self::assertSame("QueueParams (1)\nQueue\nsupport\n\n", $this->written($this->output));
    }

    public function testInFullAListIsAsAsteriskWroteIt(): void
    {
        $this->useFake();

        self::assertSame(0, $this->ami('send', 'QueueStatus', '--full'));
        self::assertMatchesRegularExpression(
            '/^Response: Success\nActionID: .*\nEventList: start\n\nEvent: QueueParams\n.*Queue: support\n.*ListItems: 1\n\n$/s',
            $this->written($this->output),
        );
    }

    public function testATableHasTheFieldsAskedForAndADashWhereOneIsMissing(): void
    {
        $this->useMembers(['pbx1']);

        self::assertSame(0, $this->ami('send', 'QueueStatus', '--fields=status,Name,Nothing'));
        self::assertSame(
            "QueueMember (2)\nstatus  Name   Nothing\n1       Alice  -\n6       Bob    -\n\n",
            $this->written($this->output),
        );
    }

    public function testAHeaderMayHaveANumberForAName(): void
    {
        $fake = $this->useMembers(['pbx1']);
        $fake->respond('Odd', ['events' => [['Event' => 'Item', '1' => 'a', '02' => 'b']]]);

        self::assertSame(0, $this->ami('send', 'Odd'));
        self::assertSame(0, $this->ami('send', 'Odd', '--fields=1'));
        self::assertSame("Item (1)\n1  02\na  b\n\nItem (1)\n1\na\n\n", $this->written($this->output));
    }

    public function testEveryServerThatDoesNotAnswerIsNamed(): void
    {
        $fake = $this->useMembers(['pbx1', 'pbx2', 'pbx3']);
        $fake->ignore('Ping');

        self::assertSame(1, $this->ami('send', 'all', 'Ping', '--timeout=0.5'));
        $errors = $this->written($this->errors);
        foreach (['pbx1', 'pbx2', 'pbx3'] as $server) {
            self::assertStringContainsString($server, $errors);
        }
    }

    public function testBehindTheEndOfOptionsHelpIsAWord(): void
    {
        $fake = $this->useMembers(['pbx1'])->respond('Command', ['Output' => ['no']]);

        self::assertSame(0, $this->ami('console', '--', '--help'));
        self::assertSame('--help', $fake->sent()[0][1]->getParameters()['Command'] ?? null);
    }

    public function testATableFitsTheTerminalAndSaysWhichColumnsItLeavesOut(): void
    {
        $this->useMembers(['pbx1'], new Terminal(width: 40));

        $this->ami('send', 'QueueStatus');

        self::assertSame(<<<'TEXT'
            QueueMember (2)
            Queue    Name   Location          Status
            support  Alice  Local/1@internal  1
            support  Bob    Local/2@internal  6
            also, with --fields: Paused,LoginTime


            TEXT, $this->written($this->output));
    }

    public function testOnATerminalAnEventIsCutAtItsWidth(): void
    {
        $this->useFake();
        $this->useEnvironment($this->fake?->environment() ?? [], new Terminal(width: 40));

        $this->ami('listen', '--event=QueueMemberPause', '--count=1');

        self::assertMatchesRegularExpression(
            '/^..:..:.. pbx1 QueueMemberPause Queue=su~\n$/',
            $this->written($this->output),
        );
    }

    public function testTheServerMayBeLeftOutWhereOneIsKnown(): void
    {
        $this->useMembers(['pbx1']);

        self::assertSame(0, $this->ami('send', 'Ping'));
        self::assertSame(0, $this->ami('console', 'core', 'show', 'version'));
        self::assertSame(2, $this->ami('send', 'pbx9', 'Ping'));
        self::assertStringContainsString('there is no server "pbx9"', $this->written($this->errors));
    }

    public function testWhereTwoAreKnownTheServerIsAskedFor(): void
    {
        $this->useMembers(['pbx1', 'pbx2']);

        self::assertSame(2, $this->ami('send', 'Ping'));
        self::assertStringContainsString(
            'there is no server Ping: known are pbx1, pbx2, or all of them by "all"',
            $this->written($this->errors),
        );
    }

    public function testAllAsksEveryServerAndFailsWhereOneFails(): void
    {
        $fake = $this->useMembers(['pbx1', 'pbx2']);

        self::assertSame(0, $this->ami('send', 'all', 'Ping'));
        self::assertMatchesRegularExpression(
            '/^== pbx1\nResponse: Success.*^== pbx2\nResponse: Success/ms',
            $this->written($this->output),
        );

        $fake->respond('Ping', ['Response' => 'Error', 'Message' => 'no'], 'pbx1');
        self::assertSame(1, $this->ami('send', 'all', 'Ping'));
        $fake->refuseLogin('pbx2')->dropSession('pbx2');
        self::assertSame(1, $this->ami('console', 'all', 'core', 'show', 'version'));
        self::assertStringContainsString('pbx2 is not connected: auth_failed', $this->written($this->errors));
    }

    public function testTheWordsOfAConsoleCommandAreOneCommand(): void
    {
        $fake = $this->useMembers(['pbx1'])->respond('Command', ['Output' => ['no such help']]);

        self::assertSame(0, $this->ami('console', 'pbx1', 'core', 'show', 'help', '--', '--verbose'));
        self::assertSame('core show help --verbose', $fake->sent()[0][1]->getParameters()['Command'] ?? null);
    }

    public function testAnOriginateThatEndsInFailureFails(): void
    {
        $this->useMembers(['pbx1']);
        $originate = ['send', 'Originate', 'Context=x', 'Exten=1', 'Priority=1', 'Async=true'];

        self::assertSame(1, $this->ami(...$originate, ...['Channel=Local/1@busy']));
        self::assertSame(0, $this->ami(...$originate, ...['Channel=Local/1@answer']));
    }

    /** @return iterable<string, array{string, int, string}> */
    public static function calls(): iterable
    {
        yield 'answered' => ['Local/1@answer', 0, '/^answered: Local\/1@answer-\S+$/'];
        yield 'busy' => ['Local/1@busy', 3, '/^busy, cause 17$/'];
        yield 'no answer' => ['Local/1@noanswer', 4, '/^no answer, cause 19$/'];
        yield 'congestion' => ['Local/1@congestion', 5, '/^congestion, cause 34$/'];
        yield 'failed' => ['PJSIP/nosuch', 5, '/^failed/'];
    }

    #[DataProvider('calls')]
    public function testACallSaysWhatBecameOfItAndSoDoesItsExitCode(string $channel, int $code, string $output): void
    {
        $this->useMembers(['pbx1']);

        self::assertSame($code, $this->ami('call', $channel, '100@internal', '--ring=1'));
        self::assertMatchesRegularExpression($output, rtrim($this->written($this->output)));
    }

    public function testACallThatIsRefusedFails(): void
    {
        $fake = $this->useMembers(['pbx1']);
        $fake->respond('Originate', ['Response' => 'Error', 'Message' => 'Permission denied']);

        self::assertSame(5, $this->ami('call', 'PJSIP/alice', '1@x', '--json'));
        self::assertSame(
            '{"server":"pbx1","outcome":"failed","cause":null,"channel":null,"uniqueid":null,"message":"Permission denied"}'
            . "\n",
            $this->written($this->output),
        );
    }

    public function testACallWithoutAnOutcomeIsATimeOut(): void
    {
        $fake = $this->useMembers(['pbx1']);
        $fake->ignore('Originate');

        self::assertSame(124, $this->ami('call', 'PJSIP/alice', '1@x', '--timeout=1'));
    }

    public function testACallWhoseOutcomeTheEventMaskKeepsAwayHasNone(): void
    {
        $this->fake = null;
        $fake = new \Fake();
        $this->useEnvironment(['AMI_DSN' => "ami://admin:s3cret@127.0.0.1:{$fake->ports[0]}?event_mask=off"]);

        self::assertSame(124, $this->ami('call', 'Local/1@answer', '1@x'));
        self::assertStringContainsString('event mask have class call', $this->written($this->errors));
        $fake->kill();
    }

    public function testACallOnAServerThatIsNotThereIsNotConnected(): void
    {
        $fake = $this->useMembers(['pbx1']);
        $fake->refuseLogin('pbx1');

        self::assertSame(2, $this->ami('call', 'PJSIP/alice', '1@x'));
    }

    public function testWhatACallIsGivenReachesAsterisk(): void
    {
        $fake = $this->useMembers(['pbx1']);

        $this->ami(
            'call',
            'PJSIP/alice',
            '--application=Playback',
            '--data=tt-monkeys',
            '--caller=Support <1>',
            '--variable=A=1=2',
            '--ring=2',
        );

        $sent = $fake->sent()[0][1]->getParameters();
        self::assertSame(['Playback', 'tt-monkeys', 'Support <1>', '2000', 'A=1=2'], [
            $sent['Application'],
            $sent['Data'],
            $sent['CallerID'],
            $sent['Timeout'],
            $sent['Variable'],
        ]);
        self::assertArrayNotHasKey('Exten', $sent);
    }

    public function testListenTakesConditionsOnHeadersOfWhichOneMayHaveSeveralValues(): void
    {
        $this->useFake();

        self::assertSame(0, $this->ami(
            'listen',
            '--where=Queue=su*',
            '--where=queue=sales',
            '--count=2',
            '--fields=Queue',
        ));
        self::assertMatchesRegularExpression(
            '/^\S+ pbx1 QueueMemberPause Queue=support\n\S+ pbx1 QueueMemberStatus Queue=sales\n$/',
            $this->written($this->output),
        );
    }

    public function testListenEndsAfterItsTime(): void
    {
        $this->useFake();

        self::assertSame(0, $this->ami('listen', '--for=0.05', '--event=None'));
    }

    public function testColoursAreForTerminalsThatHaveThem(): void
    {
        $this->useMembers(['pbx1'], new Terminal(width: 80, hasColours: true));

        $this->ami('call', 'Local/1@answer', '1@x');

        self::assertStringStartsWith("\e[32manswered\e[0m: Local/", $this->written($this->output));
    }

    public function testAfterASecondOfSilenceSomebodyWhoWatchesIsToldWhatIsWaitedFor(): void
    {
        $console = new Console(
            $this->output,
            $this->errors,
            ['AMI_HOST' => '127.0.0.1', 'AMI_PORT' => (string) self::silentPort()] + self::ENVIRONMENT,
            AmiClientManager::fromConfig(...),
            new Terminal(isWatched: true),
        );
        pcntl_async_signals(true);

        self::assertSame(1, new Application($console)->run(['send', 'Ping', '--timeout=1.3']));
        self::assertStringStartsWith("ami: waiting for pbx1 ...\n", $this->written($this->errors));
    }

    public function testActionsAreFoundByWordsOfTheirNameOrDescription(): void
    {
        self::assertSame(0, $this->ami('actions', 'queue', 'waiting'));
        self::assertSame(<<<'TEXT'
            QueueChangePriorityCaller  Changes the priority of a waiting caller.
            QueueStatus                Lists queues with their members and waiting callers.
            QueueWithdrawCaller        Sends a waiting caller back to the dialplan.

            TEXT, $this->written($this->output));
        self::assertSame(1, $this->ami('actions', 'nonsense'));
    }

    public function testHelpOfAnActionHasItsHeadersAndWriteClass(): void
    {
        self::assertSame(0, $this->ami('help', 'queuepause'));
        self::assertStringStartsWith('QueuePause: Pauses a queue member', $this->written($this->output));
        self::assertStringContainsString(
            "\n  Paused               required; true or false\n",
            $this->written($this->output),
        );
        self::assertStringContainsString('Write class: agent.', $this->written($this->output));
    }

    public function testHelpFitsEightyColumns(): void
    {
        $this->ami('help');
        foreach (['status', 'live', 'listen', 'send', 'console', 'call', 'actions', 'fake', 'completion'] as $command) {
            $this->ami('help', $command);
        }
        foreach (Reference::all() as $action) {
            $this->ami('help', $action->name);
        }
        $long = array_filter(
            explode("\n", $this->written($this->output)),
            static fn(string $line): bool => strlen($line) > 80 && !str_starts_with($line, 'usage: ami send'),
        );

        self::assertSame([], $long);
    }

    /** @return iterable<string, array{list<string>, list<string>}> */
    public static function completions(): iterable
    {
        yield 'commands' => [['con'], ['console']];
        yield 'actions for help' => [['help', 'originate'], ['Originate']];
        yield 'servers and actions' => [['send', 'pb'], ['pbx1', 'pbx2']];
        yield 'actions of a server' => [['send', 'pbx1', 'queuep'], ['QueuePause', 'QueuePenalty']];
        yield 'headers of an action' => [['send', 'pbx1', 'QueuePause', 'I'], ['Interface=']];
        yield 'options with their value' => [['listen', '--w'], ['--where=']];
        yield 'options and servers of live' => [['live', '--q'], ['--queues']];
        yield 'servers of live' => [['live', 'pb'], ['pbx1', 'pbx2']];
        yield 'all servers' => [['console', 'al'], ['all']];
        yield 'nothing for no command' => [['nothing', 'x'], []];
    }

    /**
     * @param list<string> $words
     * @param list<string> $expected
     */
    #[DataProvider('completions')]
    public function testWhatWasBegunIsCompleted(array $words, array $expected): void
    {
        $this->useMembers(['pbx1', 'pbx2']);

        self::assertSame(0, $this->ami('completion', '--', ...$words));
        self::assertSame($expected, array_values(array_filter(explode("\n", $this->written($this->output)))));
    }

    public function testSendTakesHeadersAndRepeatsOneThatIsGivenTwice(): void
    {
        $action = SendCommand::action(['Nothing', 'A=1', 'A=2=3', 'B=']);

        self::assertSame('Nothing', $action->getName());
        self::assertSame(['A' => ['1', '2=3'], 'B' => ''], $action->getParameters());
    }

    public function testSendInJsonIsTheResponseWithItsEventsAndTheLastOfThem(): void
    {
        $this->useFake();

        self::assertSame(0, $this->ami('send', '--json', 'pbx1', 'QueueStatus'));
        self::assertMatchesRegularExpression(
            '/^\{"server":"pbx1","response":\{"response":"Success",.*"events":\[\{"event":"QueueParams",.*"complete":\{.*"listitems":"1"\}\}\n$/',
            $this->written($this->output),
        );
    }

    public function testOfCommandSendPrintsWhatTheConsoleWould(): void
    {
        $this->useFake();

        self::assertSame(0, $this->ami('send', 'pbx1', 'Command', 'Command=core show uptime'));
        self::assertSame("System uptime: 1 hour\n  Last reload: 1 hour\nsecret=***\n", $this->written($this->output));
    }

    public function testARefusedActionIsPrintedAndExitsWithOne(): void
    {
        $this->useFake();

        self::assertSame(1, $this->ami('send', 'pbx1', 'Reload'));
        self::assertStringContainsString('Message: Permission denied', $this->written($this->output));
    }

    public function testSecretsOfAnAnswerAreHiddenAndEscapesDoNotReachTheTerminal(): void
    {
        $this->useFake();

        $this->ami('send', 'pbx1', 'PJSIPShowAuths');

        self::assertStringContainsString("Password: ***\nCallerIDName: ?[2JBob\n", $this->written($this->output));
    }

    public function testBothKindsOfControlCharactersAreKeptFromTheTerminalAndLettersAreNot(): void
    {
        $this->console->line("a\tb \e[31m \u{9b}31m \x7f \u{a0}\u{e9} \xe9");

        self::assertSame("a b ?[31m ?31m ? \u{a0}\u{e9} \u{e9}\n", $this->written($this->output));
    }

    public function testWhatTheConfigurationNamesAsSecretIsHiddenInTheOutputAndInARecording(): void
    {
        $this->useFake();
        $folder = sys_get_temp_dir() . '/ami-' . bin2hex(random_bytes(8));
        mkdir($folder);
        $port = $this->fake->port ?? '';
        file_put_contents(
            "{$folder}/ami.php",
            "<?php return [
            'servers' => ['pbx1' => ['host' => '127.0.0.1', 'port' => {$port}, 'username' => 'admin', 'secret' => 's3cret']],
            'cluster' => ['redaction_keys' => ['Cau*']],
        ];",
        );

        self::assertSame(0, $this->ami(
            'listen',
            "--config={$folder}/ami.php",
            "--record={$folder}/calls.jsonl",
            '--event=Hangup',
            '--count=1',
        ));

        self::assertStringContainsString(" Hangup Cause=***\n", $this->written($this->output));
        self::assertStringContainsString('["Cause","***"]', (string) file_get_contents("{$folder}/calls.jsonl"));
        unlink("{$folder}/ami.php");
        unlink("{$folder}/calls.jsonl");
        rmdir($folder);
    }

    public function testListenPrintsEventsUntilItsCountIsReached(): void
    {
        $this->useFake();

        self::assertSame(0, $this->ami('listen', 'pbx1', '--event=Queue*', '--count=2'));
        $output = $this->written($this->output);
        self::assertStringContainsString(" pbx1 QueueMemberPause Queue=support\n", $output);
        self::assertStringContainsString('Queue=sales', $output);
        self::assertStringNotContainsString('Hangup', $output);
        self::assertMatchesRegularExpression('/^pbx1: ready$/m', $this->written($this->errors));
    }

    public function testListenInJsonIsAnEventALine(): void
    {
        $this->useFake();

        self::assertSame(0, $this->ami('listen', '--json', '--count', '1', '--event', 'hangup'));
        self::assertMatchesRegularExpression(
            '/^\{"server":"pbx1","at":\d+\.\d+,"headers":\{"event":"Hangup","cause":"16"\}\}\n$/',
            $this->written($this->output),
        );
    }

    public function testListenRecordsWhereItIsAskedTo(): void
    {
        $this->useFake();
        $file = sys_get_temp_dir() . '/listen-' . bin2hex(random_bytes(8)) . '.jsonl';

        self::assertSame(0, $this->ami('listen', '--count=3', "--record={$file}"));
        self::assertStringContainsString('["Event","Hangup"],["Cause","16"]', (string) file_get_contents($file));
        unlink($file);
    }

    public function testListenStopsWhereItIsAskedTo(): void
    {
        $this->useFake();
        $this->console->stop();

        self::assertSame(0, $this->ami('listen'));
    }

    public function testStatusTellsHowEveryServerDoes(): void
    {
        $this->useFake();

        self::assertSame(0, $this->ami('status'));
        self::assertMatchesRegularExpression(
            '/^pbx1 +ready +closed +- +\d+\.\d ms +- +-$/m',
            $this->written($this->output),
        );
    }

    public function testStatusOfAServerThatRefusesExitsWithOne(): void
    {
        $this->useFake(['AMI_SECRET' => 'wr0ng']);

        self::assertSame(1, $this->ami('status', '--timeout=5', '--json'));
        self::assertSame(1, $this->ami('status', '--timeout=5'));
        self::assertStringContainsString('"lastDisconnect":"auth_failed"', $this->written($this->output));
        self::assertMatchesRegularExpression(
            '/^pbx1 +disconnected +open +- +- +- +auth_failed: Authentication failed$/m',
            $this->written($this->output),
        );
        self::assertStringNotContainsString('wr0ng', $this->written($this->output) . $this->written($this->errors));
    }

    public function testStatusOfAServerThatNobodyAnswersForSaysWhatTheSystemSays(): void
    {
        $this->useEnvironment(['AMI_HOST' => '127.0.0.1', 'AMI_PORT' => '1'] + self::ENVIRONMENT);

        self::assertSame(1, $this->ami('status', '--timeout=0.2'));
        self::assertStringContainsString(' refused: 127.0.0.1:1: ', $this->written($this->output));
    }

    public function testFakePlaysOnlyServersThatTheRecordingHas(): void
    {
        $file = dirname(__DIR__) . '/fixtures/ticks.jsonl';

        self::assertSame(1, $this->ami('fake', "--replay={$file}", '--server=pbx9'));
        self::assertStringContainsString("no server pbx9 in {$file}: it has pbx1\n", $this->written($this->errors));
    }

    public function testFakeSaysWhereItListensAndStops(): void
    {
        $this->console->stop();

        self::assertSame(0, $this->ami('fake'));
        self::assertMatchesRegularExpression('/^listening on 127\.0\.0\.1:\d+\n$/', $this->written($this->output));
    }

    /** @return iterable<string, array{list<string>, string}> */
    public static function mistakes(): iterable
    {
        yield 'no such command' => [['dial'], 'there is no command dial: known are status, live, listen, send'];
        yield 'an option first' => [['--json', 'live'], 'a command comes first, and options such as --json after it'];
        yield 'no server' => [['send'], 'an action is needed'];
        yield 'no value' => [['send', 'pbx1', 'Ping', 'Queue'], 'Queue is not HEADER=VALUE'];
        yield 'no such option' => [['status', '--all'], '--all is not known'];
        yield 'an option without its value' => [['listen', '--event'], '--event needs a value'];
        yield 'a value for none' => [['status', '--json=1'], '--json takes no value'];
        yield 'a bad timeout' => [['status', '--timeout=soon'], '--timeout is soon, must be seconds above 0'];
        yield 'a bad count' => [['listen', '--count=-1'], '--count is -1, must be a number above 0'];
        yield 'a bad port' => [['fake', '--port=70000'], '--port is 70000, must be 0 to 65535'];
        yield 'a server of no recording' => [['fake', '--server=pbx1'], '--server needs --replay'];
        yield 'no such server' => [['status', 'pbx9'], 'there is no server "pbx9"'];
        yield 'no command' => [['console', 'pbx1'], 'a command is needed'];
        yield 'a condition that is none' => [['listen', '--where=Queue'], '--where=Queue is not HEADER=VALUE'];
        yield 'a bad time' => [['listen', '--for=0'], '--for is 0, must be seconds above 0'];
        yield 'no such help' => [['help', 'Nothing'], 'there is no command and no action Nothing'];
        yield 'a secret as an option' => [
            ['status', '--secret=x'],
            '--secret: secrets do not belong on a command line',
        ];
        yield 'a secret as a header' => [
            ['send', 'pbx1', 'Login', 'Secret=x'],
            'Secret=: secrets do not belong on a command line',
        ];
    }

    /** @param list<string> $arguments */
    #[DataProvider('mistakes')]
    public function testAMistakeIsExplainedAndExitsWithTwo(array $arguments, string $message): void
    {
        self::assertSame(2, $this->ami(...$arguments));
        self::assertStringContainsString($message, $this->written($this->errors));
    }

    public function testAServerThatIsNotConfiguredIsAMistake(): void
    {
        $this->useFake();

        self::assertSame(2, $this->ami('send', 'pbx9', 'Ping'));
        self::assertStringContainsString('pbx9', $this->written($this->errors));
    }

    /** @return iterable<string, array{list<string>}> */
    public static function waysToAskForHelp(): iterable
    {
        foreach (['status', 'live', 'listen', 'send', 'console', 'call', 'actions', 'fake', 'completion'] as $command) {
            yield "{$command} --help" => [[$command, '--help']];
            yield "help {$command}" => [['help', $command]];
        }
    }

    /** @param list<string> $arguments */
    #[DataProvider('waysToAskForHelp')]
    public function testEveryCommandExplainsItselfAndAllItsOptions(array $arguments): void
    {
        self::assertSame(0, $this->ami(...$arguments));
        $help = $this->written($this->output);
        foreach (array_keys(
            self::commands()[array_values(array_diff($arguments, ['help', '--help']))[0]]->options(),
        ) as $option) {
            self::assertMatchesRegularExpression("/^  --{$option}\b/m", $help);
        }
        self::assertSame('', $this->written($this->errors));
    }

    public function testAMistakeAndItsUsageAreTwoLines(): void
    {
        $this->ami('send');

        self::assertMatchesRegularExpression(
            '/^ami send: an action is needed, .*\nusage: ami send \[SERVER\] ACTION .*\n$/',
            $this->written($this->errors),
        );
    }

    public function testASignalEndsACommandThatWaitsWithTheExitCodeOfShells(): void
    {
        $console = new Console($this->output, $this->errors, self::ENVIRONMENT, static function () use (
            &$console,
        ): AmiClientManager {
            $console?->interrupt(15);

            return new AmiClientManager();
        });

        self::assertSame(143, new Application($console)->run(['status']));
    }

    public function testASignalLetsACommandThatGoesOnEndItsStep(): void
    {
        self::assertTrue($this->console->goesOn());

        $this->console->interrupt(15);

        self::assertFalse($this->console->goesOn());
    }

    public function testVersionIsThatOfTheExtension(): void
    {
        self::assertSame(0, $this->ami('--version'));
        self::assertSame('ami_client ' . phpversion('ami_client') . "\n", $this->written($this->output));
    }

    public function testHelpNamesEveryCommand(): void
    {
        self::assertSame(0, $this->ami('--help'));
        foreach ([
            'ami send [SERVER]',
            'ami live',
            'ami listen',
            'ami status',
            'ami console',
            'ami call',
            'ami actions',
            'ami fake',
        ] as $usage) {
            self::assertStringContainsString($usage, $this->written($this->output));
        }
    }

    public function testAMistakeInACallHasTheExitCodeOfItsOwn(): void
    {
        self::assertSame(1, $this->ami('call'));
        self::assertSame(1, $this->ami('call', 'PJSIP/alice', 'nowhere'));
        self::assertStringContainsString('nowhere is not EXTEN@CONTEXT', $this->written($this->errors));
    }

    /** @return array<string, Command> */
    private static function commands(): array
    {
        $commands = [
            'status' => new StatusCommand(),
            'live' => new LiveCommand(),
            'listen' => new ListenCommand(),
            'send' => new SendCommand(),
            'console' => new ConsoleCommand(),
            'call' => new CallCommand(),
            'actions' => new ActionsCommand(),
            'fake' => new FakeCommand(),
        ];

        return [...$commands, 'completion' => new CompletionCommand($commands)];
    }

    /** A port that accepts connections and sends nothing. */
    private static function silentPort(): int
    {
        self::$silent = stream_socket_server('tcp://127.0.0.1:0') ?: self::fail('no port');

        return (int) substr((string) strrchr((string) stream_socket_get_name(self::$silent, remote: false), ':'), 1);
    }

    /**
     * Servers in memory with a queue of two members.
     *
     * @param list<string> $servers
     */
    private function useMembers(array $servers, Terminal $terminal = new Terminal()): FakeAsterisk
    {
        $member = ['Event' => 'QueueMember', 'Queue' => 'support'];
        $fake = new FakeAsterisk($servers);
        $fake->respond('QueueStatus', [
            'events' => [
                [
                    ...$member,
                    'Name' => 'Alice',
                    'Location' => 'Local/1@internal',
                    'Status' => '1',
                    'Paused' => '0',
                    'LoginTime' => '1',
                ],
                [
                    ...$member,
                    'Name' => 'Bob',
                    'Location' => 'Local/2@internal',
                    'Status' => '6',
                    'Paused' => '1',
                    'LoginTime' => '1',
                ],
            ],
        ]);
        $connect = static fn(array $_): AmiClientManager => $fake->manager();
        $this->console = new Console($this->output, $this->errors, self::ENVIRONMENT, $connect, $terminal);

        return $fake;
    }

    /** @param array<string, string> $environment */
    private function useFake(array $environment = []): void
    {
        $this->fake = FakeProcess::start('cli.jsonl');
        $this->useEnvironment([...$this->fake->environment(), ...$environment]);
    }

    /** @param array<string, string> $environment */
    private function useEnvironment(array $environment, Terminal $terminal = new Terminal()): void
    {
        $connect = AmiClientManager::fromConfig(...);
        $this->console = new Console($this->output, $this->errors, $environment, $connect, $terminal);
    }

    private function ami(string ...$arguments): int
    {
        return new Application($this->console)->run(array_values($arguments));
    }

    /** @param resource $stream */
    private function written($stream): string
    {
        rewind($stream);

        return (string) stream_get_contents($stream);
    }
}
