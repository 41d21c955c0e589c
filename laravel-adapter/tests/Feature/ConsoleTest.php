<?php

declare(strict_types=1);

namespace Apn\AmiClient\Laravel\Tests\Feature;

use Apn\AmiClient\Laravel\Facades\Ami;
use Apn\AmiClient\Laravel\Tests\Support\ArtisanProcess;
use Apn\AmiClient\Laravel\Tests\Support\FakeAsteriskProcess;
use Apn\AmiClient\Laravel\Tests\Support\Wait;
use App\CallEnded;
use Illuminate\Support\Facades\Artisan;
use Illuminate\Support\Facades\Event;
use Symfony\Component\Console\Output\BufferedOutput;

/** The commands for people. */
final class ConsoleTest extends RedisTestCase
{
    public function testStatusSaysFineNoWorkerAndDegraded(): void
    {
        $asterisk = new FakeAsteriskProcess(2);
        $this->configure($asterisk);
        $this->artisan('ami:status')->expectsOutputToContain('No worker is alive')->assertExitCode(2);
        $worker = $this->listen('ami:listen');
        Wait::until(fn(): bool => $this->report()['code'] === 0, 'all is fine');
        $status = $this->report();
        $id = array_key_first($status['workers']);
        self::assertStringContainsString(":{$worker->pid}:", (string) $id);
        self::assertSame($id, $status['servers']['pbx1']['owner']);
        self::assertSame('ready', $status['servers']['pbx1']['state']);
        self::assertGreaterThan(1_000_000, $status['workers'][$id]['memory_bytes']);
        $this->artisan('ami:status')->expectsOutputToContain('pbx2')->assertExitCode(0);
        $asterisk->stop();
        Wait::until(fn(): bool => $this->report()['code'] === 3, 'degraded');
        self::assertStringContainsString('pbx1: ', $this->report()['problems'][0]);
    }

    public function testHistoryTellsWhatHappened(): void
    {
        $this->configure(new FakeAsteriskProcess());
        $this->artisan('ami:history', ['server' => 'pbx1'])->assertExitCode(1);
        $this->listen('ami:listen');
        $this->artisan('ami:history', ['server' => 'pbx1'])->expectsOutputToContain('-> ready')->assertExitCode(0);
    }

    public function testSendShowsAnswersAndLists(): void
    {
        $this->configure(new FakeAsteriskProcess());
        $this->listen('ami:listen');
        $this->artisan('ami:send', ['action' => 'CoreStatus'])->expectsOutputToContain('CoreStartupDate')->assertExitCode(0);
        $this->artisan('ami:send', ['action' => 'QueueStatus', '--json' => true])->expectsOutputToContain('"QueueMember"')->assertExitCode(0);
        $this->artisan('ami:send', ['action' => 'QueueStatus'])->expectsOutputToContain('QueueMember')->assertExitCode(0);
        $this->artisan('ami:send', ['action' => 'Command', 'headers' => ['Command=core show version'], '--direct' => true])
            ->expectsOutputToContain('Asterisk')
            ->assertExitCode(0);
        $this->artisan('ami:send', ['action' => 'Hangup', 'headers' => ['Channel=PJSIP/none']])->assertExitCode(1);
    }

    public function testDrainHandsOverAndEnds(): void
    {
        $this->configure(new FakeAsteriskProcess(2));
        $first = $this->listen('ami:listen --cluster');
        $second = $this->listen('ami:listen --cluster');
        $id = Wait::until(fn(): ?string => array_find(
            array_keys($this->report()['workers']),
            static fn(string $id): bool => str_contains($id, ":{$first->pid}:"),
        ), 'the first one\'s record');
        $this->artisan('ami:drain', ['worker' => $id])->expectsOutputToContain('has ended')->assertExitCode(0);
        self::assertSame(0, $first->wait());
        self::assertSame('drain', $first->lines('stopped')[0]['reason']);
        Wait::until(fn(): bool => count($this->report()['workers']) === 1 && $this->report()['code'] === 0, 'the other one has all');
        self::assertTrue($second->isRunning());
        $this->artisan('ami:drain', ['worker' => 'nobody'])->expectsOutputToContain('There is no worker nobody')->assertExitCode(1);
    }

    public function testDoctorNamesWhatIsWrong(): void
    {
        $asterisk = new FakeAsteriskProcess();
        $servers = $asterisk->servers();
        $this->configure($asterisk, ['servers' => [
            'gone' => [...$servers['pbx1'], 'port' => 1],
            'shut' => [...$servers['pbx1'], 'secret' => 'wrong'],
        ]]);
        $this->artisan('ami:doctor', ['--wait' => 3])
            ->expectsOutputToContain('nothing listens on 127.0.0.1:1')
            ->expectsOutputToContain('the login is refused')
            ->expectsOutputToContain('noeviction')
            ->assertExitCode(1);
    }

    public function testDoctorComparesReadClassesWithTheListeners(): void
    {
        config()->set('ami.redis', null);
        config()->set('ami.servers', ['pbx1' => ['host' => '127.0.0.1', 'username' => 'listener', 'secret' => 'x']]);
        Ami::on('Hangup', static fn() => null);
        Ami::fake(['Command' => ['Output' => ['            username: listener', '           read perm: system,agent']]]);
        $this->artisan('ami:doctor')->expectsOutputToContain('Hangup needs read=call, the account has system,agent')->assertExitCode(1);
        Ami::fake(['Command' => ['Output' => ['           read perm: system,call']]]);
        $this->artisan('ami:doctor')->expectsOutputToContain('read=call is there')->assertExitCode(0);
    }

    public function testRollingRestartReplacesOneWorkerAfterTheOther(): void
    {
        $this->configure(new FakeAsteriskProcess(2));
        $workers = [$this->listen('ami:listen --cluster'), $this->listen('ami:listen --cluster')];
        Wait::until(fn(): bool => $this->report()['code'] === 0 && count($this->report()['workers']) === 2, 'two workers');
        $restart = $this->process('ami:restart --rolling --timeout=20');
        foreach ([1, 2] as $_) {
            // What a supervisor does.
            Wait::until(static fn(): bool => array_any($workers, static fn(ArtisanProcess $worker): bool => !$worker->isRunning()), 'one ends');
            $alive = array_filter($workers, static fn(ArtisanProcess $worker): bool => $worker->isRunning());
            self::assertCount(1, $alive);
            $workers = [...array_values($alive), $this->listen('ami:listen --cluster')];
        }
        self::assertSame(0, $restart->wait(), $restart->output());
        self::assertSame(2, substr_count($restart->output(), 'replaced after'));
    }

    public function testInstallPublishesTheConfiguration(): void
    {
        self::assertFileDoesNotExist("{$this->skeleton->path}/config/ami.php");
        $this->artisan('ami:install')->assertExitCode(0);
        self::assertFileEquals(dirname(__DIR__, 2) . '/config/ami.php', "{$this->skeleton->path}/config/ami.php");
    }

    public function testAboutHasASection(): void
    {
        $this->artisan('about', ['--only' => 'ami', '--json' => true])
            ->expectsOutputToContain('"extension":"' . phpversion('ami_client') . '"')
            ->assertExitCode(0);
    }

    public function testUpFailsWithoutAWorkerWhereTheConfigurationSaysSo(): void
    {
        if (!class_exists(\Illuminate\Foundation\Events\DiagnosingHealth::class)) {
            self::assertFalse(method_exists($this->app, 'health'), 'Laravel 10 has no /up');

            return;
        }
        Event::dispatch(new \Illuminate\Foundation\Events\DiagnosingHealth());
        config()->set('ami.listen.health', true);
        $this->expectExceptionMessage('No worker of ami:listen is alive');
        Event::dispatch(new \Illuminate\Foundation\Events\DiagnosingHealth());
    }

    public function testAMapThatNamesNoEventClassIsRefusedByItsPath(): void
    {
        $this->configure(new FakeAsteriskProcess());
        config()->set('ami.listen.events', ['Hangup' => self::class]);
        self::assertStringContainsString('config ami.listen.events.Hangup', $this->refusal('ami:listen'));
        config()->set('ami.listen.events', ['Hangup' => CallEnded::class]);
        config()->set('ami.redis', null);
        self::assertStringContainsString('config ami.redis: it is null', $this->refusal('ami:listen --cluster'));
    }

    public function testPredisIsRefusedWithTheWayOut(): void
    {
        $this->configure(new FakeAsteriskProcess());
        config()->set('database.redis.client', 'predis');
        self::assertStringContainsString('must be phpredis', $this->refusal('ami:listen'));
    }

    /** What the command says where it fails, without the line breaks of the console. */
    private function refusal(string $command): string
    {
        $output = new BufferedOutput();
        self::assertSame(1, Artisan::call($command, [], $output));

        return (string) preg_replace('/\s+/', ' ', $output->fetch());
    }

    private function listen(string $command): ArtisanProcess
    {
        return $this->process($command)->waitForOutput('"to":"ready"');
    }

    /** @return array<string, mixed> */
    private function report(): array
    {
        return $this->app->make(\Apn\AmiClient\Laravel\Console\StatusReport::class)->make();
    }
}
