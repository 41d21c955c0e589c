<?php

declare(strict_types=1);

namespace Apn\AmiClient\Tests\Cli;

use Apn\AmiClient\Cli\Application;
use Apn\AmiClient\Cli\Console;
use Apn\AmiClient\Testing\FakeAsterisk;
use PHPUnit\Framework\Attributes\DataProvider;
use PHPUnit\Framework\TestCase;

/** The commands on a fake; bin/ami adds the processes around them. */
final class ApplicationTest extends TestCase
{
    private const array ENVIRONMENT = ['AMI_HOST' => 'pbx1.example', 'AMI_SERVER' => 'pbx1', 'AMI_SECRET' => 's3cret'];

    private FakeAsterisk $fake;
    private Console $console;

    /** @var resource */
    private $output;

    /** @var resource */
    private $errors;

    /** @var array<string, mixed> */
    private array $config = [];

    protected function setUp(): void
    {
        $this->fake = new FakeAsterisk(['pbx1']);
        $this->output = fopen('php://memory', 'w+b') ?: self::fail('no memory');
        $this->errors = fopen('php://memory', 'w+b') ?: self::fail('no memory');
        $this->useEnvironment(self::ENVIRONMENT);
    }

    public function testSendPrintsTheAnswerAndItsList(): void
    {
        $this->fake->respond('QueueStatus', [
            'Response' => 'Success',
            'EventList' => 'start',
            'events' => [
                ['Event' => 'QueueParams', 'Queue' => 'support'],
                ['Event' => 'QueueStatusComplete', 'EventList' => 'Complete', 'ListItems' => '1'],
            ],
        ]);

        self::assertSame(0, $this->ami('send', 'pbx1', 'QueueStatus', 'Queue=support'));
        self::assertMatchesRegularExpression(
            '/Response: Success\n.*Event: QueueParams\nQueue: support\n.*ListItems: 1\n/s',
            $this->written($this->output),
        );
        self::assertSame(['Queue' => 'support'], $this->fake->sent()[0][1]->getParameters());
    }

    public function testSendRepeatsAHeaderGivenTwice(): void
    {
        $this->fake->respond('Nothing', ['Response' => 'Success']);

        $this->ami('send', 'pbx1', 'Nothing', 'A=1', 'A=2=3', 'B=');

        self::assertSame(['A' => ['1', '2=3'], 'B' => ''], $this->fake->sent()[0][1]->getParameters());
    }

    public function testSendInJsonIsAListOfMessages(): void
    {
        $this->fake->respond('Ping', ['Response' => 'Success', 'Ping' => 'Pong']);

        self::assertSame(0, $this->ami('send', '--json', 'pbx1', 'Ping'));
        self::assertStringStartsWith('[[["Response","Success"],', $this->written($this->output));
        self::assertStringContainsString('["Ping","Pong"]', $this->written($this->output));
    }

    public function testARefusedActionIsPrintedAndExitsWithOne(): void
    {
        $this->fake->respond('Reload', ['Response' => 'Error', 'Message' => 'Permission denied']);

        self::assertSame(1, $this->ami('send', 'pbx1', 'Reload'));
        self::assertStringContainsString('Message: Permission denied', $this->written($this->output));
    }

    public function testSecretsOfAnAnswerAreHiddenAndEscapesDoNotReachTheTerminal(): void
    {
        $this->fake->respond('PJSIPShowAuths', [
            'Response' => 'Success',
            'Password' => 'hidden',
            'CallerIDName' => "\e[2JBob",
        ]);

        $this->ami('send', 'pbx1', 'PJSIPShowAuths');

        self::assertStringContainsString('Password: ***', $this->written($this->output));
        self::assertStringContainsString('CallerIDName: ?[2JBob', $this->written($this->output));
    }

    public function testListenPrintsEventsUntilItsCountIsReached(): void
    {
        $this->whenReady(static function (FakeAsterisk $fake): void {
            $fake->emit('pbx1', 'QueueMemberPause', ['Queue' => 'support']);
            $fake->emit('pbx1', 'Hangup', ['Cause' => '16']);
            $fake->emit('pbx1', 'QueueMemberStatus', ['Queue' => 'sales']);
        });

        self::assertSame(0, $this->ami('listen', 'pbx1', '--event=Queue*', '--count=2'));
        $output = $this->written($this->output);
        self::assertStringContainsString("Event: QueueMemberPause\nQueue: support\n", $output);
        self::assertStringContainsString('Queue: sales', $output);
        self::assertStringNotContainsString('Hangup', $output);
        self::assertStringContainsString('pbx1: ', $this->written($this->errors));
    }

    public function testListenInJsonIsAnEventALine(): void
    {
        $this->whenReady(static fn(FakeAsterisk $fake) => $fake->emit('pbx1', 'Hangup', ['Cause' => '16']));

        self::assertSame(0, $this->ami('listen', '--json', '--count', '1'));
        self::assertMatchesRegularExpression(
            '/^\{"server":"pbx1","at":\d+\.\d+,"headers":\[\["Event","Hangup"\],.*\["Cause","16"\].*\]\}\n$/',
            $this->written($this->output),
        );
    }

    public function testListenRecordsWhereItIsAskedTo(): void
    {
        $file = sys_get_temp_dir() . '/listen-' . bin2hex(random_bytes(8)) . '.jsonl';
        $this->whenReady(static fn(FakeAsterisk $fake) => $fake->emit('pbx1', 'Hangup', ['Cause' => '16']));

        self::assertSame(0, $this->ami('listen', '--count=1', "--record={$file}"));
        self::assertStringContainsString('["Cause","16"]', (string) file_get_contents($file));
        unlink($file);
    }

    public function testListenStopsWhereItIsAskedTo(): void
    {
        $this->console->stop();

        self::assertSame(0, $this->ami('listen'));
    }

    public function testStatusTellsHowEveryServerDoes(): void
    {
        self::assertSame(0, $this->ami('status'));
        self::assertMatchesRegularExpression('/^pbx1 +ready +circuit closed\n$/', $this->written($this->output));
    }

    public function testStatusOfAServerThatRefusesExitsWithOne(): void
    {
        $this->fake->refuseLogin('pbx1');

        self::assertSame(1, $this->ami('status', '--timeout=0.2', '--json'));
        self::assertStringContainsString('"serverKey":"pbx1"', $this->written($this->output));
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
        yield 'no such command' => [['dial'], 'there are only send, listen, status, fake'];
        yield 'no server' => [['send'], 'a server and an action are needed'];
        yield 'no value' => [['send', 'pbx1', 'Ping', 'Queue'], 'Queue is not HEADER=VALUE'];
        yield 'no such option' => [['status', '--all'], '--all is not known'];
        yield 'an option without its value' => [['listen', '--event'], '--event needs a value'];
        yield 'a value for none' => [['status', '--json=1'], '--json takes no value'];
        yield 'a bad timeout' => [['status', '--timeout=soon'], '--timeout is soon, must be seconds above 0'];
        yield 'a bad count' => [['listen', '--count=-1'], '--count is -1, must be a number'];
        yield 'a bad port' => [['fake', '--port=70000'], '--port is 70000, must be 0 to 65535'];
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
        self::assertSame([], $this->config, 'nothing was connected to');
    }

    public function testAServerThatIsNotConfiguredIsAFailure(): void
    {
        self::assertSame(1, $this->ami('send', 'pbx9', 'Ping'));
        self::assertStringContainsString('pbx9', $this->written($this->errors));
    }

    public function testHelpNamesEveryCommand(): void
    {
        self::assertSame(0, $this->ami('--help'));
        foreach (['ami send SERVER', 'ami listen', 'ami status', 'ami fake'] as $usage) {
            self::assertStringContainsString($usage, $this->written($this->output));
        }
    }

    public function testOneServerComesFromTheEnvironment(): void
    {
        $this->useEnvironment(
            self::ENVIRONMENT + ['AMI_PORT' => '5039', 'AMI_USERNAME' => 'admin', 'AMI_TLS_CA' => '/ca.pem'],
        );
        $this->ami('status');

        self::assertSame(
            [
                'default' => 'pbx1',
                'servers' => [
                    'pbx1' => [
                        'host' => 'pbx1.example',
                        'port' => 5039,
                        'username' => 'admin',
                        'secret' => 's3cret',
                        'tls' => ['ca_file' => '/ca.pem'],
                    ],
                ],
            ],
            $this->config,
        );
    }

    public function testServersComeFromAFile(): void
    {
        $file = sys_get_temp_dir() . '/ami-' . bin2hex(random_bytes(8)) . '.php';
        file_put_contents(
            $file,
            "<?php return ['default' => 'pbx1', 'servers' => ['pbx1' => ['host' => 'h']], 'bridge' => []];",
        );
        $this->ami('status', "--config={$file}");
        unlink($file);

        self::assertSame(['default' => 'pbx1', 'servers' => ['pbx1' => ['host' => 'h']]], $this->config);
    }

    /** @return iterable<string, array{array<string, string>, string}> */
    public static function badEnvironments(): iterable
    {
        yield 'nothing' => [[], 'set AMI_HOST, AMI_USERNAME and AMI_SECRET'];
        yield 'a port that is none' => [['AMI_HOST' => 'h', 'AMI_PORT' => 'x'], 'AMI_PORT is x, must be a number'];
        yield 'no such file' => [['AMI_CONFIG' => '/nowhere.php'], 'there is no file /nowhere.php'];
        yield 'no such secret' => [
            ['AMI_HOST' => 'h', 'AMI_SECRET_FILE' => '/nowhere'],
            'AMI_SECRET_FILE: cannot read /nowhere',
        ];
    }

    /** @param array<string, string> $environment */
    #[DataProvider('badEnvironments')]
    public function testAWrongConfigurationIsExplained(array $environment, string $message): void
    {
        $this->useEnvironment($environment);

        self::assertSame(2, $this->ami('status'));
        self::assertStringContainsString($message, $this->written($this->errors));
    }

    /** @param array<string, string> $environment */
    private function useEnvironment(array $environment): void
    {
        $this->console = new Console($this->output, $this->errors, $environment, function (array $config) {
            $this->config = $config;

            return $this->fake->manager();
        });
    }

    private function ami(string ...$arguments): int
    {
        return new Application($this->console)->run(array_values($arguments));
    }

    /** @param \Closure(FakeAsterisk): mixed $then */
    private function whenReady(\Closure $then): void
    {
        $this->fake
            ->manager()
            ->onStateChange(function (string $server, mixed $from, \Apn\AmiClient\ConnectionState $to) use (
                $then,
            ): void {
                if ($to === \Apn\AmiClient\ConnectionState::Ready) {
                    $then($this->fake);
                }
            });
    }

    /** @param resource $stream */
    private function written($stream): string
    {
        rewind($stream);

        return (string) stream_get_contents($stream);
    }
}
