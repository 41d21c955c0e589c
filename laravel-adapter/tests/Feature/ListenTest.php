<?php

declare(strict_types=1);

namespace Apn\AmiClient\Laravel\Tests\Feature;

use Apn\AmiClient\Laravel\Tests\Support\ArtisanProcess;
use Apn\AmiClient\Laravel\Tests\Support\FakeAsteriskProcess;
use Apn\AmiClient\Laravel\Tests\Support\Skeleton;
use Apn\AmiClient\Laravel\Tests\Support\Wait;
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
        $worker = $this->listen(new FakeAsteriskProcess(2, '--rate', '50'), '--event=Hangup', '--event=Newch*');
        Wait::until(static fn(): bool => count($worker->lines('event')) > 5, 'events');
        $event = $worker->lines('event')[0];
        self::assertContains($event['event'], ['Hangup', 'Newchannel']);
        self::assertArrayHasKey('uniqueid', $event['headers']);
        self::assertMatchesRegularExpression('/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}\+00:00$/', $event['timestamp']);
        self::assertEqualsCanonicalizing(['pbx1', 'pbx2'], $worker->lines('started')[0]['servers']);
    }

    public function testTermSaysGoodbyeAndExitsWithZero(): void
    {
        $worker = $this->listen(new FakeAsteriskProcess(1, '--rate', '50'), '--event=Hangup');
        $worker->waitForOutput('"to":"ready"')->signal(SIGTERM);
        self::assertSame(0, $worker->wait(5.0));
        self::assertSame('signal', $worker->lines('stopped')[0]['reason']);
        self::assertStringContainsString('"to":"closing"', $worker->output());
    }

    public function testOnceEndsAfterOneEvent(): void
    {
        $worker = $this->listen(new FakeAsteriskProcess(1, '--rate', '50'), '--once', '--event=*');
        self::assertSame(0, $worker->wait());
        self::assertSame('once', $worker->lines('stopped')[0]['reason']);
    }

    public function testMaxIterationsAndMaxTimeEndIt(): void
    {
        $asterisk = new FakeAsteriskProcess();
        self::assertSame(0, $this->listen($asterisk, '--max-iterations=2')->wait());
        self::assertSame(0, $this->listen($asterisk, '--max-time=1')->wait());
    }

    public function testMemoryBelowTheQueuesIsRefusedWithTheSum(): void
    {
        $worker = $this->listen(new FakeAsteriskProcess(2), '--memory=16');
        self::assertSame(1, $worker->wait());
        self::assertStringContainsString('the queues of 2 servers may take', preg_replace(
            '/\s+/',
            ' ',
            $worker->output(),
        ));
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

    public function testServerAllAndClusterExcludeEachOther(): void
    {
        $worker = $this->listen(new FakeAsteriskProcess(), '--all', '--server=pbx1');
        self::assertSame(1, $worker->wait());
        self::assertStringContainsString('exclude each other', $worker->output());
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
        self::assertStringContainsString('config ami.servers.pbx1: port is 99999', preg_replace(
            '/\s+/',
            ' ',
            $worker->output(),
        ));
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
        $before = self::cpuSeconds($worker->pid);
        sleep(3);
        $used = self::cpuSeconds($worker->pid) - $before;
        self::assertLessThan(0.1, $used, 'CPU seconds in 3 idle seconds');
    }

    public function testPausedItDeliversNothingAndKeepsItsSessions(): void
    {
        $worker = $this->listen(new FakeAsteriskProcess(1, '--rate', '100'), '--event=Hangup');
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
        $port = random_int(20_000, 30_000);
        $worker = $this->listen(new FakeAsteriskProcess(), "--metrics=127.0.0.1:$port");
        $worker->waitForOutput('"to":"ready"');
        $metrics = (string) file_get_contents("http://127.0.0.1:$port/metrics");
        self::assertStringContainsString('ami_server_ready{server="pbx1"} 1', $metrics);
    }

    public function testATerminalShowsHowTheServersDo(): void
    {
        $this->application->configure(['servers' => new FakeAsteriskProcess(1, '--rate', '50')->servers()]);
        $command = [PHP_BINARY, "{$this->application->path}/artisan", 'ami:listen', '--event=Hangup', '--max-time=3'];
        $environment = [...getenv(), 'APP_ENV' => 'production', 'APP_BOOT' => "{$this->application->path}/boot.php"];
        $process = proc_open($command, [['pty'], ['pty'], ['pty']], $pipes, null, $environment);
        self::assertNotFalse($process);
        $shown = '';
        // A terminal whose other end is closed cannot be read: that is its end.
        while (($part = @fread($pipes[1], 8_192)) !== false && $part !== '') {
            $shown .= $part;
        }
        self::assertSame(0, proc_close($process));
        self::assertStringContainsString('Hangup for the output', $shown);
        self::assertMatchesRegularExpression('/pbx1 Hangup.* Channel=PJSIP/', $shown);
        self::assertMatchesRegularExpression('/\| pbx1 +\| \S*ready\S* *\| +\d+ +\|/', $shown);
        self::assertStringContainsString('Stopped: max_time.', $shown);
    }

    private function listen(FakeAsteriskProcess $asterisk, string ...$options): ArtisanProcess
    {
        return $this->application->configure(['servers' => $asterisk->servers()])->artisan(['ami:listen', ...$options]);
    }

    private static function cpuSeconds(int $pid): float
    {
        $fields = explode(' ', (string) preg_replace('/^.*\) /', '', (string) file_get_contents("/proc/$pid/stat")));

        return ((int) $fields[11] + (int) $fields[12]) / 100;
    }
}
