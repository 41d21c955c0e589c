<?php

declare(strict_types=1);

namespace Apn\AmiClient\Tests\Cli;

use Apn\AmiClient\AmiClientManager;
use Apn\AmiClient\Cli\Application;
use Apn\AmiClient\Cli\Connections;
use Apn\AmiClient\Cli\Console;
use Apn\AmiClient\Cli\LiveScreen;
use Apn\AmiClient\Cli\Span;
use Apn\AmiClient\Cli\Terminal;
use Apn\AmiClient\ConnectionState;
use Apn\AmiClient\Live\DeviceState;
use Apn\AmiClient\Live\Kind;
use Apn\AmiClient\Live\LiveOptions;
use Apn\AmiClient\Live\Model;
use Apn\AmiClient\Testing\FakeAsterisk;
use Apn\AmiClient\Tests\Hostile;
use PHPUnit\Framework\TestCase;

/** ami live on servers in memory. */
final class LiveTest extends TestCase
{
    private const array ENVIRONMENT = [
        'AMI_HOST' => 'pbx1.example',
        'AMI_USERNAME' => 'admin',
        'AMI_SECRET' => 's3cret',
    ];

    /** Printable characters in one line. */
    private const string TEXT = '[^\x00-\x1f\x7f\x{80}-\x{9f}\x{2028}-\x{202e}\x{2066}-\x{2069}]*';

    public function testAFrameHasTheServersTheQueuesAndTheCallsTheOldestFirst(): void
    {
        $fake = new FakeAsterisk(['pbx1', 'pbx2']);
        $fake->queue('pbx2', 'sales');
        $support = $fake->queue('pbx1', 'support', ['alice', 'bob', 'carol', 'dave']);
        $live = self::live($fake);
        $support->pause('carol', 'lunch');
        $support->device('dave', DeviceState::Unavailable);
        $fake->call('pbx2', 'zoe', 'yan', '0301234567', 'Miller')->ring()->answer();
        $fake->advance(3_600.0);
        $waiting = $support->join('tom', number: '0401', name: 'Tom');
        $fake->advance(20.0);
        $support->join('kim', number: '0402')->ring('alice')->answer();
        $fake->advance(40.0);
        $fake->call('pbx1', 'eve', 'fay')->ring();
        $fake->advance(5.0);

        self::assertSame(<<<'TEXT'
            4 calls                                                                 CLOCK
            pbx1 current   pbx2 current

            SERVER  QUEUE                        WAITING  LONGEST  FREE  BUSY  PAUSED  AWAY
            pbx1    support                            1     1:05     1     1       1     1
            pbx2    sales                              0        -     0     0       0     0

            SERVER  CALLER                     CONNECTED                 STATE          TIME
            pbx2    0301234567 Miller          PJSIP/yan                 talking     1:01:05
            pbx1    0401 Tom                   queue support             waiting        1:05
            pbx1    0402                       PJSIP/alice               talking        0:45
            pbx1    eve                        PJSIP/fay                 ringing        0:05
            TEXT, self::text($live, ['pbx1', 'pbx2']));

        $waiting->ring('bob')->answer();
        $fake->advance(1.0);
        self::assertMatchesRegularExpression('/support +0 +- +0 +2 /', self::text($live, ['pbx1', 'pbx2']));
    }

    public function testAQueueIsShownWhereItIsAskedFor(): void
    {
        $fake = new FakeAsterisk(['pbx1']);
        $fake->queue('pbx1', 'support', ['alice']);

        self::assertStringNotContainsString('support', self::text(self::live($fake), ['pbx1'], hasQueues: false));
    }

    public function testWhatIsOnHoldIsToldAndWhoIsCalledAfterATransfer(): void
    {
        $fake = new FakeAsterisk(['pbx1']);
        $live = self::live($fake);
        $call = $fake->call('pbx1', 'eve', 'fay')->answer()->hold();
        $fake->advance(1.0);
        self::assertMatchesRegularExpression('/eve +PJSIP\/fay +on hold +0:01/', self::text($live, ['pbx1']));

        $call->resume()->transfer('guy')->ring();
        $fake->advance(1.0);
        self::assertMatchesRegularExpression('/eve +PJSIP\/guy +ringing/', self::text($live, ['pbx1']));

        $call->hangup();
        $fake->advance(1.0);
        self::assertStringNotContainsString('eve', self::text($live, ['pbx1']));
    }

    public function testWithoutASessionTheStateIsStaleAndTheCallsAreMarked(): void
    {
        $fake = new FakeAsterisk(['pbx1']);
        $live = self::live($fake);
        $connections = new Connections($fake->manager(), new Console(STDOUT, STDERR, [], $fake->manager(...)));
        $fake->call('pbx1', 'eve', 'fay')->answer();
        $fake->advance(1.0);
        $fake->refuseLogin('pbx1')->dropSession('pbx1')->advance(5.0);

        $text = self::text($live, ['pbx1'], $connections->details());
        self::assertMatchesRegularExpression('/^pbx1 stale \(auth_failed.*\)$/m', $text);
        self::assertMatchesRegularExpression('/eve +PJSIP\/fay +talking\? /', $text);
    }

    public function testWhatTheServerDoesNotHaveIsToldBesideIt(): void
    {
        $fake = new FakeAsterisk(['pbx1']);
        $fake->respond('QueueStatus', ['Response' => 'Error', 'Message' => 'Invalid/unknown command: QueueStatus.']);
        $live = self::live($fake);
        $fake->advance(5.0);

        self::assertMatchesRegularExpression('/^pbx1 current, queues denied \(no queues.*\)$/m', self::text($live, [
            'pbx1',
        ]));
    }

    public function testServersThatDoNotFitTheLineComeOnTheNext(): void
    {
        $servers = array_map(static fn(int $number): string => "a-server-with-a-long-name-{$number}", range(1, 5));
        $text = self::text(self::live(new FakeAsterisk($servers)), $servers);

        self::assertLessThanOrEqual(80, max(array_map(strlen(...), explode("\n", $text))));
        foreach ($servers as $server) {
            self::assertStringContainsString("{$server} current", $text);
        }
    }

    public function testWhatDoesNotFitTheScreenIsCounted(): void
    {
        $fake = new FakeAsterisk(['pbx1']);
        foreach (range(1, 20) as $number) {
            $fake->queue('pbx1', "queue{$number}", ['alice']);
        }
        $live = self::live($fake);
        foreach (range(1, 30) as $number) {
            $fake->call('pbx1', "from{$number}", "to{$number}")->ring();
        }
        $fake->advance(1.0);
        foreach ([10, 24, 40] as $height) {
            $lines = explode("\n", self::text($live, ['pbx1'], height: $height));

            self::assertLessThan($height, count($lines));
            self::assertMatchesRegularExpression('/^and \d+ more queues$/m', implode("\n", $lines));
            self::assertMatchesRegularExpression('/^and \d+ more calls$/', $lines[count($lines) - 1]);
        }
        $lines = self::text($live, ['pbx1'], height: 100);
        self::assertStringNotContainsString('more', $lines);
        $found = [];
        preg_match_all('/ from(\d+) /', $lines, $found);
        self::assertSame(range(1, 30), array_map(intval(...), $found[1]), 'calls of the same moment keep their lines');
    }

    public function testOnATerminalFramesAreDrawnOverEachOtherAndTheCursorComesBack(): void
    {
        $output = self::outputOf(
            ['live', '--queues', '--for=0.3'],
            new Terminal(width: 80, height: 24),
            self::playing(...),
        );
        $frame = '\e\[H(?:\e\[K' . self::TEXT . '\n){1,23}\e\[J';

        self::assertMatchesRegularExpression("/^\\e\\[\\?25l\\e\\[2J(?:{$frame})+\\e\\[\\?25h$/Du", $output);
        self::assertLessThanOrEqual(3, substr_count($output, "\e[H"), 'at 0 s, at 0.25 s, and the last one');
        self::assertStringContainsString('talking', $output);
        self::assertSame(1, substr_count($output, "\e[2J"));
    }

    public function testATerminalOfAnotherSizeGetsAWholeFrameOfThatSize(): void
    {
        $resize = static fn(FakeAsterisk $_, Console $console) => $console->resize(new Terminal(width: 40, height: 10));
        $output = self::outputOf(['live', '--for=0.02'], new Terminal(width: 80, height: 24), $resize);
        $frames = explode("\e[2J", $output);

        self::assertCount(3, $frames, 'the screen is cleared at the start and for the new size');
        self::assertSame(80, self::widest($frames[1]));
        self::assertSame(40, self::widest($frames[2]));
    }

    public function testOnATerminalColoursCanBeHad(): void
    {
        $terminal = new Terminal(width: 80, hasColours: true, height: 24);

        self::assertStringContainsString("pbx1 \e[32mcurrent\e[0m", self::outputOf(
            ['live', '--for=0.02'],
            $terminal,
            self::playing(...),
        ));
    }

    public function testWithoutATerminalEachChangeIsALine(): void
    {
        $output = self::outputOf(['live', 'pbx1', '--queues', '--for=0.02'], new Terminal(), self::playing(...));
        $lines = array_map(static fn(string $line): string => substr($line, 9), explode("\n", rtrim($output)));

        self::assertMatchesRegularExpression('/^\d\d:\d\d:\d\d pbx1 calls syncing\n/', $output);
        foreach ([
            '/^pbx1 calls current$/',
            '/^pbx1 queues current$/',
            '/^pbx1 queue added\S* queue=support waiting=\d longest=\d+ free=1 busy=0 paused=0 away=0$/',
            '/^pbx1 call \S*started\S* id=\d+\.\d+ caller="0301234567 Miller" device=PJSIP\/eve connected=PJSIP\/fay state=talking seconds=\d+$/',
            '/^pbx1 call \S*ended id=\d+\.\d+ caller=gus device=PJSIP\/gus connected=- state=cancelled seconds=\d+$/',
        ] as $pattern) {
            self::assertCount(1, preg_grep($pattern, $lines) ?: [], "{$pattern} in\n{$output}");
        }
        self::assertSame([], preg_grep('/stale/', $lines), 'the end of the command is no change');
    }

    public function testHostileNamesAreHarmlessInLinesAndFrames(): void
    {
        foreach (Hostile::names() as $what => [$name]) {
            $header = Hostile::inHeader($name);
            $channel = [
                'Event' => 'CoreShowChannel',
                'Linkedid' => '1.1',
                'CallerIDNum' => "n{$header}",
                'CallerIDName' => $header,
                'Exten' => $header,
            ];
            $queue = ['Queue' => "q{$header}"];
            $play = static fn(FakeAsterisk $fake): FakeAsterisk => $fake->respond('CoreShowChannels', [
                'events' => [
                    [...$channel, 'Uniqueid' => '1.1', 'Channel' => "PJSIP/a{$header}-00000001", 'ChannelState' => '6'],
                    [...$channel, 'Uniqueid' => '1.2', 'Channel' => "PJSIP/b{$header}-00000002", 'ChannelState' => '5'],
                ],
            ])->respond('QueueStatus', [
                'events' => [
                    ['Event' => 'QueueParams', ...$queue],
                    ['Event' => 'QueueMember', 'Location' => $header, 'Name' => $header, 'Status' => '1', ...$queue],
                    [
                        'Event' => 'QueueEntry',
                        'Channel' => $header,
                        'Uniqueid' => '2.1',
                        'CallerIDNum' => $header,
                        ...$queue,
                    ],
                ],
            ]);
            $lines = self::outputOf(['live', '--queues', '--for=0.01'], new Terminal(), $play);
            $frames = self::outputOf(['live', '--queues', '--for=0.01'], new Terminal(width: 80, height: 24), $play);

            self::assertTrue(Hostile::isHarmless($lines), "{$what}: " . addcslashes($lines, "\0..\37\177..\377"));
            $frame = '\e\[H(?:\e\[K' . self::TEXT . '\n){1,23}\e\[J';
            self::assertMatchesRegularExpression("/^\\e\\[\\?25l\\e\\[2J(?:{$frame})+\\e\\[\\?25h$/Du", $frames, $what);
            self::assertStringContainsString('waiting=1', $lines, $what);
            self::assertStringContainsString('ringing', $frames, $what);
        }
    }

    public function testItEndsAtASignalInBothModes(): void
    {
        foreach ([new Terminal(), new Terminal(width: 80, height: 24)] as $terminal) {
            $stop = static fn(FakeAsterisk $fake, Console $console) => $console->interrupt(SIGINT);
            $output = self::outputOf(['live'], $terminal, $stop);

            self::assertSame($terminal->height !== null, str_ends_with($output, "\e[?25h"));
        }
    }

    public function testAMaskWithoutCallsIsAMistakeInTheConfiguration(): void
    {
        $errors = fopen('php://memory', 'w+b') ?: self::fail('no memory');
        $connect = static fn(): AmiClientManager => AmiClientManager::fromConfig([
            'servers' => ['pbx1' => [
                'host' => '127.0.0.1',
                'username' => 'a',
                'secret' => 'b',
                'event_mask' => 'system',
            ]],
        ]);

        self::assertSame(2, new Application(new Console($errors, $errors, self::ENVIRONMENT, $connect))->run(['live']));
        rewind($errors);
        self::assertStringContainsString('pbx1', (string) stream_get_contents($errors));
    }

    private static function widest(string $frames): int
    {
        $text = (string) preg_replace('/\e\[\??\d*[A-Za-z]/', '', $frames);

        return max(array_map(strlen(...), explode("\n", $text)));
    }

    /** A call that is answered, one that is given up, and a queue. */
    private static function playing(FakeAsterisk $fake): void
    {
        $fake->queue('pbx1', 'support', ['alice']);
        $fake->call('pbx1', 'eve', 'fay', '0301234567', 'Miller')->ring()->answer();
        $fake->call('pbx1', 'gus', 'hal')->ring()->hangup();
    }

    /**
     * @param list<string> $command
     * @param \Closure(FakeAsterisk, Console): void $play called as soon as the server is ready
     */
    private static function outputOf(array $command, Terminal $terminal, \Closure $play): string
    {
        $output = fopen('php://memory', 'w+b') ?: self::fail('no memory');
        $errors = fopen('php://memory', 'w+b') ?: self::fail('no memory');
        $fake = new FakeAsterisk(['pbx1']);
        $connect = static function () use ($fake, $play, &$console): AmiClientManager {
            $manager = $fake->manager();
            $manager->onStateChange(static function (string $key, ConnectionState $from, ConnectionState $to) use (
                $fake,
                $play,
                &$console,
            ): void {
                if ($to === ConnectionState::Ready && $console instanceof Console) {
                    $play($fake, $console);
                }
            });

            return $manager;
        };
        $console = new Console($output, $errors, self::ENVIRONMENT, $connect, $terminal);

        self::assertSame(0, new Application($console)->run($command));
        rewind($output);

        return (string) stream_get_contents($output);
    }

    private static function live(FakeAsterisk $fake): Model
    {
        $fake->manager()->connectAll(wait: 5.0);
        $live = $fake->manager()->live(new LiveOptions(kinds: [Kind::Queues]));
        $live->await(5.0);

        return $live;
    }

    /**
     * @param list<string> $servers
     * @param array<string, string> $reasons
     */
    private static function text(
        Model $live,
        array $servers,
        array $reasons = [],
        bool $hasQueues = true,
        int $height = 24,
    ): string {
        $lines = new LiveScreen($live, $servers, $hasQueues, new Terminal(width: 80, height: $height))->lines(
            $reasons,
            microtime(true),
        );
        $texts = array_map(static fn(array $line): string => rtrim(implode('', array_map(
            static fn(Span $span): string => $span->text,
            $line,
        ))), $lines);

        return (string) preg_replace('/\A(.*)\d\d:\d\d:\d\d$/m', '$1CLOCK', implode("\n", $texts));
    }
}
