<?php

declare(strict_types=1);

namespace Apn\AmiClient\Laravel\Tests\Feature;

use Apn\AmiClient\Laravel\Tests\Support\ArtisanProcess;
use Apn\AmiClient\Laravel\Tests\Support\FakeAsteriskProcess;
use Apn\AmiClient\Laravel\Tests\Support\Port;
use Apn\AmiClient\Laravel\Tests\Support\Skeleton;
use Apn\AmiClient\Laravel\Tests\Support\Wait;
use PHPUnit\Framework\Attributes\TestWith;
use PHPUnit\Framework\TestCase;

/** `ami:listen` as a process of its own. */
final class ListenTest extends TestCase
{
    private Skeleton $application;

    protected function setUp(): void
    {
        $this->application = new Skeleton();
    }

    protected function tearDown(): void
    {
        $this->application->remove();
    }

    public function testEventsAreShownAsJsonLines(): void
    {
        $worker = $this->listen(new FakeAsteriskProcess(2, '--flood', '50'), '--event=Hangup', '--event=Newch*');
        Wait::until(static fn(): bool => count($worker->lines('event')) > 5, 'events');
        $event = $worker->lines('event')[0];
        self::assertContains($event['event'], ['Hangup', 'Newchannel']);
        self::assertArrayHasKey('uniqueid', $event['headers']);
        self::assertMatchesRegularExpression('/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}\+00:00$/', $event['timestamp']);
        self::assertEqualsCanonicalizing(['pbx1', 'pbx2'], $worker->lines('started')[0]['servers']);
    }

    #[TestWith([SIGTERM])]
    #[TestWith([SIGINT])]
    #[TestWith([SIGQUIT])]
    public function testASignalEndsItWithinTheGraceAndLogsOff(int $signal): void
    {
        $log = "{$this->application->path}/storage/logs/asterisk";
        $asterisk = new FakeAsteriskProcess(1, '--flood', '50', '--log', "2>$log");
        $this->application->configure(['servers' => $asterisk->servers(), 'listen' => ['grace' => 600.0]]);
        $worker = $this->application->artisan(['ami:listen', '--event=Hangup']);
        $worker->waitForOutput('"to":"ready"')->signal($signal);
        self::assertSame(0, $worker->wait(), 'it does not wait for the grace to be over');
        self::assertSame('signal', $worker->lines('stopped')[0]['reason']);
        Wait::until(static fn(): bool => str_contains((string) file_get_contents($log), ' Logoff '), 'the Logoff');
    }

    public function testOnceEndsAfterOneEvent(): void
    {
        $worker = $this->listen(new FakeAsteriskProcess(1, '--flood', '50'), '--once', '--event=*');
        self::assertSame(0, $worker->wait());
        self::assertSame('once', $worker->lines('stopped')[0]['reason']);
    }

    public function testMaxIterationsAndMaxTimeEndIt(): void
    {
        $asterisk = new FakeAsteriskProcess();
        self::assertSame(0, $this->listen($asterisk, '--max-iterations=2')->wait());
        self::assertSame(0, $this->listen($asterisk, '--max-time=1')->wait());
    }

    public function testItsLifeIsToldAsThatOfLaravelsOwnWorkers(): void
    {
        $told = "{$this->application->path}/told";
        $this->application->onBoot(<<<PHP
            use Apn\AmiClient\Laravel\Events as Ami;
            Illuminate\Support\Facades\Event::listen(
                [Ami\WorkerStarting::class, Ami\WorkerLooping::class, Ami\WorkerIdle::class, Ami\WorkerStopping::class],
                fn (object \$event) => file_put_contents('$told', class_basename(\$event) . ' ' . json_encode(\$event) . "\n", FILE_APPEND),
            );
            PHP);
        $worker = $this->listen(new FakeAsteriskProcess())->waitForOutput('"to":"ready"');
        $id = json_encode($worker->lines('started')[0]['worker']);
        Wait::until(static fn(): bool => str_contains((string) @file_get_contents($told), 'WorkerIdle'), 'it idles');
        $worker->signal(SIGTERM);
        self::assertSame(0, $worker->wait());
        $lines = file($told, FILE_IGNORE_NEW_LINES) ?: [];
        self::assertSame("WorkerStarting {\"worker\":$id}", $lines[0]);
        self::assertSame("WorkerLooping {\"worker\":$id}", $lines[1]);
        self::assertContains("WorkerIdle {\"worker\":$id}", $lines);
        self::assertSame("WorkerStopping {\"worker\":$id,\"reason\":\"signal\"}", end($lines));
    }

    public function testMemoryBelowTheQueuesIsAWarningAndTheLimitHoldsForWhatIsUsed(): void
    {
        $worker = $this->listen(new FakeAsteriskProcess(2), '--memory=100', '--max-iterations=2');
        self::assertSame(0, $worker->wait());
        // 16 MiB of event_queue_bytes and 5 of write_buffer_limit each, and 32 each for the queue and the stream.
        self::assertStringContainsString('the queues of 2 servers could take 106 MB more', self::oneLine($worker));
    }

    public function testMemoryAboveTheLimitDrainsAndExitsWithTwelve(): void
    {
        $this->application->onBoot('Illuminate\Support\Facades\Event::listen(Apn\AmiClient\Laravel\Events\WorkerIdle::class, function () {
            static $hog = ""; $hog .= str_repeat("x", 200 << 20);
        }); ini_set("memory_limit", "-1");');
        $worker = $this->listen(new FakeAsteriskProcess(), '--memory=128');
        self::assertSame(12, $worker->wait());
        self::assertSame('memory', $worker->lines('stopped')[0]['reason']);
    }

    #[TestWith(['--all', '--server=pbx1'])]
    #[TestWith(['--all', '--cluster'])]
    #[TestWith(['--cluster', '--server=pbx1'])]
    public function testServerAllAndClusterExcludeEachOther(string ...$options): void
    {
        $worker = $this->listen(new FakeAsteriskProcess(), ...$options);
        self::assertSame(1, $worker->wait());
        self::assertStringContainsString('exclude each other', self::oneLine($worker));
    }

    #[TestWith(['--max-time=soon', '--max-time is "soon", must be a whole number'])]
    #[TestWith(['--tick-timeout-ms=70000', '--tick-timeout-ms is "70000", must be a whole number of at most 60000'])]
    #[TestWith(['--event=', '--event is "", must be an event name or a pattern such as Queue*'])]
    #[TestWith(['--metrics=nowhere', '--metrics=nowhere'])]
    public function testAnOptionThatIsRefusedIsNamedWithItsValue(string $option, string $message): void
    {
        $worker = $this->listen(new FakeAsteriskProcess(), $option);
        self::assertSame(1, $worker->wait());
        self::assertStringContainsString($message, self::oneLine($worker));
    }

    public function testTheConfigurationSaysWhatToListenTo(): void
    {
        $servers = new FakeAsteriskProcess(3)->servers();
        $this->application->configure(['servers' => $servers, 'listen' => ['servers' => 'pbx1, pbx3']]);
        $worker = $this->application->artisan(['ami:listen', '--max-iterations=1']);
        self::assertSame(0, $worker->wait());
        self::assertSame(['pbx1', 'pbx3'], $worker->lines('started')[0]['servers']);
    }

    public function testItTellsAtItsStartWhoHasEveryEventReadForHim(): void
    {
        $this->application->onBoot(
            'Illuminate\Support\Facades\Event::listen(fn (Apn\AmiClient\Laravel\Events\AmiEventReceived $e) => null);
            Apn\AmiClient\Laravel\Facades\Ami::on("Hangup", App\RecordHangup::class, ["Cause" => "16"]);',
        );
        $this->application->configure(['servers' => new FakeAsteriskProcess()->servers()]);
        $worker = $this->application->artisan(['ami:listen', '--max-iterations=1'], ['QUEUE_CONNECTION' => 'redis']);
        self::assertSame(0, $worker->wait());
        self::assertSame(
            [
                ['events' => ['Hangup'], 'where' => ['Cause'], 'by' => 'App\RecordHangup'],
                ['events' => ['*'], 'where' => [], 'by' => 'listeners of AmiEventReceived'],
            ],
            $worker->lines('started')[0]['subscriptions'],
        );
        self::assertSame(
            ['every event is made an object and delivered, for listeners of AmiEventReceived'],
            array_column($worker->lines('note'), 'message'),
        );
    }

    public function testWithoutRedisItsRecordsAreInTheCache(): void
    {
        $worker = $this->listen(new FakeAsteriskProcess(1, '--flood', '10'));
        $worker->waitForOutput('"to":"ready"');
        $id = $worker->lines('started')[0]['worker'];
        Wait::until(fn(): bool => $this->application->artisan(['ami:status'])->wait() === 0, 'all is fine');
        $status = $this->application->artisan(['ami:status', '--json']);
        self::assertSame(0, $status->wait());
        $server = $status->lines()[0]['servers']['pbx1'];
        self::assertSame([$id, 'ready'], [$server['owner'], $server['state']]);
        $history = $this->application->artisan(['ami:history', 'pbx1']);
        self::assertSame(0, $history->wait());
        self::assertStringContainsString('authenticating -> ready', $history->output());
        self::assertMatchesRegularExpression('/held by .*ready, last ping .*, 0 actions pending/', $history->output());
    }

    public function testItLogsToTheChannelOfTheConfiguration(): void
    {
        $servers = new FakeAsteriskProcess()->servers();
        $this->application->configure(['servers' => $servers, 'log_channel' => 'ami']);
        $worker = $this->application->artisan(['ami:listen']);
        $worker->waitForOutput('"to":"ready"')->signal(SIGTERM);
        self::assertSame(0, $worker->wait());
        $log = (string) file_get_contents("{$this->application->path}/storage/logs/ami.log");
        self::assertStringContainsString('AMI session ready', $log);
        self::assertStringNotContainsString($servers['pbx1']['secret'], $log);
    }

    public function testTheApplicationHearsOfLagAndDrops(): void
    {
        $told = "{$this->application->path}/told";
        $this->application->onBoot(<<<PHP
            use Apn\AmiClient\Laravel\Events as Ami;
            Illuminate\Support\Facades\Event::listen([Ami\AmiLagDetected::class, Ami\AmiEventsDropped::class, Ami\AmiGap::class],
                fn (object \$event) => file_put_contents('$told', class_basename(\$event) . ' ' . json_encode(\$event) . "\n", FILE_APPEND));
            Apn\AmiClient\Laravel\Facades\Ami::on('*', fn (\$event) => usleep(20000));
            PHP);
        $this->application->configure([
            'servers' => new FakeAsteriskProcess(1, '--flood', '400')->servers(),
            'options' => ['event_queue_capacity' => 50],
            'alerts' => ['lag' => 0.05, 'dropped' => 10],
        ]);
        $this->application->artisan(['ami:listen']);
        $found = [];
        foreach ([
            '/^AmiLagDetected .*"server":"pbx1".*\n/m',
            '/^AmiGap .*"server":"pbx1".*"cause":"dropped".*\n/m',
            '/^AmiEventsDropped (.*"server":"pbx1".*)\n/m',
        ] as $pattern) {
            Wait::until(static function () use ($pattern, $told, &$found): bool {
                return preg_match($pattern, (string) @file_get_contents($told), $found) === 1;
            }, $pattern);
        }
        self::assertGreaterThanOrEqual(10, json_decode($found[1], associative: true)['dropped']);
    }

    public function testAnUnknownServerIsNamedWithThoseThereAre(): void
    {
        $worker = $this->listen(new FakeAsteriskProcess(2), '--server=pbx9');
        self::assertSame(1, $worker->wait());
        self::assertStringContainsString('there is no server "pbx9"', $worker->output());
        self::assertStringContainsString('pbx1, pbx2', $worker->output());
    }

    public function testTheConfigPathIsNamedWhereAValueIsRefused(): void
    {
        $this->application->configure([
            'servers' => ['pbx1' => ['host' => '127.0.0.1', 'username' => 'a', 'secret' => 'hidden', 'port' => 99_999]],
        ]);
        $worker = $this->application->artisan(['ami:listen']);
        self::assertSame(1, $worker->wait());
        self::assertStringContainsString('config ami.servers.pbx1: port is 99999', self::oneLine($worker));
        self::assertStringNotContainsString('hidden', $worker->output());
    }

    public function testTheConfigurationSurvivesItsCache(): void
    {
        $asterisk = new FakeAsteriskProcess();
        $environment = [
            'AMI_PORT' => (string) $asterisk->ports[0],
            'AMI_USERNAME' => FakeAsteriskProcess::USER,
            'AMI_SECRET' => FakeAsteriskProcess::SECRET,
        ];
        self::assertSame(0, $this->application->artisan(['config:cache'], $environment)->wait());
        // The cache alone is read now: the environment says nothing any more.
        $worker = $this->application->artisan(['ami:listen', '--max-time=20']);
        $worker->waitForOutput('"to":"ready"')->signal(SIGTERM);
        self::assertSame(0, $worker->wait());
    }

    public function testARestartSignalEndsIt(): void
    {
        $worker = $this->listen(new FakeAsteriskProcess());
        $worker->waitForOutput('"to":"ready"');
        self::assertSame(0, $this->application->artisan(['ami:restart'])->wait());
        self::assertSame(0, $worker->wait());
        self::assertSame('restart', $worker->lines('stopped')[0]['reason']);
    }

    public function testAnIdleWorkerUsesNoCpu(): void
    {
        $worker = $this->listen(new FakeAsteriskProcess(3));
        Wait::until(static fn(): bool => substr_count($worker->output(), '"to":"ready"') === 3, 'three sessions');
        [$cpu, $switches] = [self::cpuSeconds($worker->pid), self::wakeUps($worker->pid)];
        sleep(3);
        self::assertLessThan(0.1, self::cpuSeconds($worker->pid) - $cpu, 'CPU seconds in 3 idle seconds');
        // It wakes up once in --tick-timeout-ms, and for its tasks.
        self::assertLessThan(60, self::wakeUps($worker->pid) - $switches, 'wake-ups in 3 idle seconds');
    }

    public function testPausedItDeliversNothingAndKeepsItsSessions(): void
    {
        $worker = $this->listen(new FakeAsteriskProcess(1, '--flood', '100'), '--event=Hangup');
        Wait::until(static fn(): bool => $worker->lines('event') !== [], 'an event');
        $worker->signal(SIGUSR2);
        $count = Wait::until(static function () use ($worker): int {
            $before = count($worker->lines('event'));
            usleep(600_000);

            return count($worker->lines('event')) === $before ? $before : 0;
        }, 'the pause');
        $worker->signal(SIGCONT);
        Wait::until(static fn(): bool => count($worker->lines('event')) > $count, 'events again');
        self::assertCount(1, array_filter(
            $worker->lines('state'),
            static fn(array $state): bool => $state['to'] === 'ready',
        ));
    }

    public function testItFollowsTheServersOfTheApplication(): void
    {
        $asterisk = new FakeAsteriskProcess(2);
        $list = "{$this->application->path}/servers.json";
        $servers = $asterisk->servers();
        file_put_contents($list, json_encode(['pbx1' => $servers['pbx1']]));
        $this->application->onBoot(
            "Apn\AmiClient\Laravel\Facades\Ami::serversUsing(fn () => json_decode(file_get_contents('$list'), true));",
        );
        $worker = $this->application->configure(['listen' => ['refresh' => 0.2]])->artisan(['ami:listen']);
        $worker->waitForOutput('"server":"pbx1","from":"authenticating","to":"ready"');
        file_put_contents($list, json_encode(['pbx2' => $servers['pbx2']]));
        $worker->waitForOutput('"server":"pbx2","from":"authenticating","to":"ready"');
        $worker->waitForOutput('"server":"pbx1","from":"closing","to":"disconnected"');
        self::assertTrue($worker->isRunning());
    }

    public function testMetricsAreShown(): void
    {
        $port = Port::free();
        $worker = $this->listen(new FakeAsteriskProcess(), "--metrics=127.0.0.1:$port");
        $worker->waitForOutput('"to":"ready"');
        $metrics = (string) file_get_contents("http://127.0.0.1:$port/metrics");
        self::assertStringContainsString('ami_server_ready{server="pbx1"} 1', $metrics);
    }

    public function testATerminalShowsHowTheServersDo(): void
    {
        $this->application->configure(['servers' => new FakeAsteriskProcess(1, '--flood', '50')->servers()]);
        $command = [PHP_BINARY, "{$this->application->path}/artisan", 'ami:listen', '--event=Hangup'];
        $environment = [...getenv(), 'APP_ENV' => 'production', 'APP_BOOT' => "{$this->application->path}/boot.php"];
        $process = proc_open($command, [['pty'], ['pty'], ['pty']], $pipes, null, $environment);
        self::assertNotFalse($process);
        $wanted = [
            '/Hangup for the output/',
            '/pbx1 Hangup.* Channel=PJSIP/',
            '/\| pbx1 +\| \S*ready\S* *\| +\d+ +\|/',
        ];
        $shown = '';
        // A terminal whose other end is closed cannot be read: that is its end.
        while (($part = @fread($pipes[1], 8_192)) !== false && $part !== '') {
            $shown .= $part;
            if (
                $wanted !== []
                && array_all($wanted, static fn(string $pattern): bool => preg_match($pattern, $shown) === 1)
            ) {
                $wanted = [];
                proc_terminate($process, SIGTERM);
            }
        }
        self::assertSame(0, proc_close($process), $shown);
        self::assertStringContainsString('Stopped: signal.', $shown);
    }

    private function listen(FakeAsteriskProcess $asterisk, string ...$options): ArtisanProcess
    {
        return $this->application->configure(['servers' => $asterisk->servers()])->artisan(['ami:listen', ...$options]);
    }

    /** What a command says, without the line breaks of the console. */
    private static function oneLine(ArtisanProcess $process): string
    {
        return (string) preg_replace('/\s+/', ' ', $process->output());
    }

    private static function wakeUps(int $pid): int
    {
        preg_match('/^voluntary_ctxt_switches:\s+(\d+)/m', (string) file_get_contents("/proc/$pid/status"), $found);

        return (int) $found[1];
    }

    private static function cpuSeconds(int $pid): float
    {
        $fields = explode(' ', (string) preg_replace('/^.*\) /', '', (string) file_get_contents("/proc/$pid/stat")));

        return ((int) $fields[11] + (int) $fields[12]) / 100;
    }
}
