<?php

declare(strict_types=1);

namespace Apn\AmiClient\Tests\Cli;

use Apn\AmiClient\AmiClientManager;
use Apn\AmiClient\Cli\Application;
use Apn\AmiClient\Cli\Console;
use Apn\AmiClient\Cli\SendCommand;
use Apn\AmiClient\Tests\FakeProcess;
use PHPUnit\Framework\Attributes\DataProvider;
use PHPUnit\Framework\TestCase;

/** The commands in this process, on a fake in another; BinAmiTest has them as processes. */
final class ApplicationTest extends TestCase
{
    private const array ENVIRONMENT = [
        'AMI_HOST' => 'pbx1.example',
        'AMI_SERVER' => 'pbx1',
        'AMI_USERNAME' => 'admin',
        'AMI_SECRET' => 's3cret',
    ];

    private ?FakeProcess $fake = null;
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
    }

    public function testSendPrintsTheAnswerAndItsList(): void
    {
        $this->useFake();

        self::assertSame(0, $this->ami('send', 'pbx1', 'QueueStatus', 'Queue=support'));
        self::assertMatchesRegularExpression(
            '/^Response: Success\nActionID: .*\nEventList: start\n\nEvent: QueueParams\n.*Queue: support\n.*ListItems: 1\n\n$/s',
            $this->written($this->output),
        );
    }

    public function testSendTakesHeadersAndRepeatsOneThatIsGivenTwice(): void
    {
        $action = SendCommand::action(['pbx1', 'Nothing', 'A=1', 'A=2=3', 'B=']);

        self::assertSame('Nothing', $action->getName());
        self::assertSame(['A' => ['1', '2=3'], 'B' => ''], $action->getParameters());
    }

    public function testSendInJsonIsTheResponseWithItsEventsAndTheLastOfThem(): void
    {
        $this->useFake();

        self::assertSame(0, $this->ami('send', '--json', 'pbx1', 'QueueStatus'));
        self::assertMatchesRegularExpression(
            '/^\{"response":\{"response":"Success",.*"events":\[\{"event":"QueueParams",.*"complete":\{.*"listitems":"1"\}\}\n$/',
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

        self::assertSame("a\tb ?[31m ?31m ? \u{a0}\u{e9} \xe9\n", $this->written($this->output));
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

        self::assertStringContainsString("Event: Hangup\nCause: ***\n", $this->written($this->output));
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
        self::assertStringContainsString("Event: QueueMemberPause\nQueue: support\n", $output);
        self::assertStringContainsString('Queue: sales', $output);
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
        self::assertMatchesRegularExpression('/^pbx1 +ready +circuit closed\n$/', $this->written($this->output));
    }

    public function testStatusOfAServerThatRefusesExitsWithOne(): void
    {
        $this->useFake(['AMI_SECRET' => 'wr0ng']);

        self::assertSame(1, $this->ami('status', '--timeout=5', '--json'));
        self::assertSame(1, $this->ami('status', '--timeout=5'));
        self::assertStringContainsString('"lastDisconnect":"auth_failed"', $this->written($this->output));
        self::assertMatchesRegularExpression(
            '/^pbx1 +disconnected +circuit open +auth_failed: Authentication failed$/m',
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
        yield 'no such command' => [['dial'], 'there is no command dial: known are send, listen, status, fake'];
        yield 'no server' => [['send'], 'a server and an action are needed'];
        yield 'no value' => [['send', 'pbx1', 'Ping', 'Queue'], 'Queue is not HEADER=VALUE'];
        yield 'no such option' => [['status', '--all'], '--all is not known'];
        yield 'an option without its value' => [['listen', '--event'], '--event needs a value'];
        yield 'a value for none' => [['status', '--json=1'], '--json takes no value'];
        yield 'a bad timeout' => [['status', '--timeout=soon'], '--timeout is soon, must be seconds above 0'];
        yield 'a bad count' => [['listen', '--count=-1'], '--count is -1, must be a number above 0'];
        yield 'a bad port' => [['fake', '--port=70000'], '--port is 70000, must be 0 to 65535'];
        yield 'a server of no recording' => [['fake', '--server=pbx1'], '--server needs --replay'];
        yield 'a word too many' => [['status', 'pbx1'], 'takes no word'];
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
        foreach (['send', 'listen', 'status', 'fake'] as $command) {
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
        $found = [];
        preg_match_all('/\[(--\w+)/', explode("\n", $help)[0], $found);
        foreach ($found[1] ?? [] as $option) {
            self::assertMatchesRegularExpression("/^  {$option}\b/m", $help);
        }
        self::assertSame('', $this->written($this->errors));
    }

    public function testAMistakeAndItsUsageAreTwoLines(): void
    {
        $this->ami('send');

        self::assertMatchesRegularExpression(
            '/^ami send: a server and an action are needed\nusage: ami send SERVER ACTION .*\n$/',
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
        foreach (['ami send SERVER', 'ami listen', 'ami status', 'ami fake'] as $usage) {
            self::assertStringContainsString($usage, $this->written($this->output));
        }
    }

    /** @param array<string, string> $environment */
    private function useFake(array $environment = []): void
    {
        $this->fake = FakeProcess::start('cli.jsonl');
        $this->useEnvironment([...$this->fake->environment(), ...$environment]);
    }

    /** @param array<string, string> $environment */
    private function useEnvironment(array $environment): void
    {
        $this->console = new Console($this->output, $this->errors, $environment, AmiClientManager::fromConfig(...));
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
