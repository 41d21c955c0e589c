<?php

declare(strict_types=1);

namespace Apn\AmiClient\Laravel\Tests\Feature;

use Apn\AmiClient\Laravel\Facades\Ami;
use Apn\AmiClient\Laravel\Records\Records;
use Apn\AmiClient\Laravel\Tests\Support\FakeAsteriskProcess;
use Apn\AmiClient\Laravel\Tests\Support\Port;
use Apn\AmiClient\Laravel\Tests\Support\RedisProcess;
use Apn\AmiClient\Laravel\Tests\Support\Wait;
use PHPUnit\Framework\Attributes\TestWith;

/** What listeners may do in a worker, and what a worker survives. */
final class WorkerTest extends RedisTestCase
{
    private const string BOOT = 'use Apn\AmiClient\Laravel\Facades\Ami; use Illuminate\Support\Facades\Event;';

    #[TestWith(['default', 'redis'])]
    #[TestWith([null, 'redis'])]
    #[TestWith(['default', 'sync'])]
    public function testAnActionOfAListenerGoesByTheWorkersOwnSession(?string $redis, string $queue): void
    {
        $this->configure(new FakeAsteriskProcess(1, '--flood', '50'), ['redis' => $redis]);
        $seen = "{$this->skeleton->path}/seen";
        $send = "Ami::to('pbx1')->send(new Apn\AmiClient\GenericAction('CoreStatus'), dedupeKey: \$event['Uniqueid'])->await(10.0)";
        $this->boot($queue === 'sync' ? <<<PHP
                Ami::on('Hangup', function (\$event) {
                    dispatch(new App\AskStatus('$seen'));
                });
                PHP : <<<PHP
                Ami::on('Hangup', function (\$event) {
                    \$began = microtime(true);
                    $send;
                    file_put_contents('$seen', sprintf("%.1f\n", microtime(true) - \$began), FILE_APPEND);
                });
                PHP);
        $worker = $this->process('ami:listen', ['QUEUE_CONNECTION' => $queue]);
        Wait::until(
            static fn(): bool => count(@file($seen) ?: []) >= 5,
            static fn(): string => "actions: {$worker->output()}",
        );
        // By way of Redis each would wait for 5 s, and end without the line.
        self::assertLessThan(2.0, max(array_map(floatval(...), file($seen) ?: [])));
    }

    public function testTheFakeDoesAsTheWorkerDoes(): void
    {
        Ami::on('UserEvent', static fn() => Ami::to('pbx1')->send(
            new \Apn\AmiClient\GenericAction('CoreStatus'),
        )->await(10));
        Ami::fake()->emit('UserEvent')->assertSent('CoreStatus');
    }

    public function testNothingOfOneEventIsLeftForTheNext(): void
    {
        $this->configure(new FakeAsteriskProcess(1, '--flood', '50'));
        $seen = "{$this->skeleton->path}/seen";
        $this->boot(<<<PHP
            app()->scoped('counter', fn () => new ArrayObject());
            Ami::on('Hangup', function () {
                app('counter')->append(1);
                \$context = class_exists(Illuminate\Log\Context\Repository::class)
                    ? Illuminate\Support\Facades\Context::push('events', 1)->get('events') : [1];
                Illuminate\Support\Facades\Log::shareContext(['event' . count(Illuminate\Support\Facades\Log::sharedContext()) => 1]);
                file_put_contents('$seen', count(app('counter')) . ' ' . count(\$context) . ' '
                    . count(Illuminate\Support\Facades\Log::sharedContext()) . "\n", FILE_APPEND);
            });
            PHP);
        $this->process('ami:listen');
        Wait::until(static fn(): bool => count(@file($seen) ?: []) >= 3, 'events');
        self::assertSame(["1 1 1\n"], array_values(array_unique(file($seen) ?: [])));
    }

    public function testABadServerIsSkippedAndReportedAndTheOthersFollow(): void
    {
        $asterisk = new FakeAsteriskProcess(3);
        ['pbx1' => $one, 'pbx2' => $two, 'pbx3' => $three] = $asterisk->servers();
        $this->configure($asterisk, ['servers' => [], 'listen' => ['refresh' => 0.3]]);
        $list = "{$this->skeleton->path}/servers.json";
        file_put_contents($list, json_encode(['pbx1' => $one, 'bad key!' => $two]));
        $this->boot("Ami::serversUsing(fn () => json_decode(file_get_contents('$list'), true));");
        $worker = $this->process('ami:listen')->waitForOutput('"server":"pbx1","from":"authenticating","to":"ready"');
        $worker->waitForOutput('config ami.servers.bad key! (from Ami::serversUsing)');
        // Another server is added while the bad one stands, and the good one becomes bad: that leaves it as it was.
        file_put_contents($list, json_encode([
            'pbx1' => [...$one, 'port' => 99_999],
            'bad key!' => $two,
            'pbx3' => $three,
        ]));
        $worker->waitForOutput('"server":"pbx3","from":"authenticating","to":"ready"');
        $worker->waitForOutput('port is 99999');
        self::assertStringNotContainsString('"server":"pbx1","from":"ready"', $worker->output());
        self::assertSame(1, substr_count($worker->output(), 'config ami.servers.bad key!'), 'reported once');
        $log = (string) file_get_contents("{$this->skeleton->path}/storage/logs/laravel.log");
        self::assertStringContainsString('config ami.servers.bad key!', $log);
        self::assertStringNotContainsString($one['secret'], $worker->output());
    }

    public function testAListenerThatDoesNotReturnIsEndedByItsTimeout(): void
    {
        $this->configure(new FakeAsteriskProcess(1, '--flood', '50'));
        $this->boot("Ami::on('Hangup', function () { while (true) {} });");
        $worker = $this->process('ami:listen --timeout=1');
        self::assertSame(128 + SIGKILL, $worker->wait());
        self::assertMatchesRegularExpression(
            '/a closure in boot.php:\d+ did not return within 1 s \(--timeout\)/',
            $worker->output(),
        );
    }

    public function testAListenerBelowTheTimeoutIsLeftAlone(): void
    {
        $this->configure(new FakeAsteriskProcess(1, '--flood', '50'));
        $this->boot("Ami::on('Hangup', function () { usleep(300000); });");
        $worker = $this->process('ami:listen --timeout=1 --max-time=4');
        self::assertSame(0, $worker->wait());
    }

    public function testSystemdHearsThatTheLoopRuns(): void
    {
        $this->configure(new FakeAsteriskProcess());
        $path = "{$this->skeleton->path}/notify";
        $socket = stream_socket_server("udg://$path", $code, $why, STREAM_SERVER_BIND);
        self::assertNotFalse($socket);
        $this->process('ami:listen', ['NOTIFY_SOCKET' => $path]);
        $heard = [];
        Wait::until(static function () use ($socket, &$heard): bool {
            stream_set_blocking($socket, enable: false);
            $message = (string) stream_socket_recvfrom($socket, 1_000);
            if ($message !== '') {
                $heard[] = $message;
            }

            return count($heard) >= 3;
        }, 'three messages');
        self::assertSame(['READY=1', 'WATCHDOG=1', 'WATCHDOG=1'], $heard);
    }

    public function testStatusTellsOfAListenerThatTakesAsLongAsALease(): void
    {
        $this->configure(new FakeAsteriskProcess(1, '--flood', '50'), ['cluster' => ['lease' => 2.0]]);
        $this->boot("Ami::on('Hangup', function () { static \$slept; \$slept ??= usleep(900000) ?? true; });");
        $this->process('ami:listen --server=pbx1');
        $report = $this->app->make(\Apn\AmiClient\Laravel\Console\StatusReport::class);
        $pattern = '/took \d\.\d s, and a worker .* for 1\.5 s loses its servers/';
        $found = Wait::until(
            static fn(): array => preg_grep($pattern, $report->make()['problems']) ?: [],
            static fn(): string => json_encode($report->make()['problems'], JSON_THROW_ON_ERROR),
        );
        self::assertStringContainsString('a closure in boot.php', implode($found));
    }

    public function testWithoutRedisASecondWorkerForTheSameServerIsRefused(): void
    {
        $this->configure(new FakeAsteriskProcess(2), ['redis' => null]);
        $first = $this->process('ami:listen --server=pbx1')->waitForOutput('"to":"ready"');
        $second = $this->process('ami:listen');
        self::assertSame(1, $second->wait());
        self::assertMatchesRegularExpression("/pbx1 is held by\s+\S+:{$first->pid}:/", $second->output());
        $other = $this->process('ami:listen --server=pbx2')->waitForOutput('"to":"ready"');
        $third = $this->process('ami:listen --server=pbx1 --force')->waitForOutput('"to":"ready"');
        self::assertTrue($other->isRunning());
        // A killed worker leaves its servers to the next one.
        $first->kill();
        $third->kill();
        $this->process('ami:listen --server=pbx1')->waitForOutput('"to":"ready"');
    }

    public function testItWaitsForARedisThatComesUpLater(): void
    {
        $this->configure(new FakeAsteriskProcess(1, '--flood', '50'));
        $this->skeleton->onBoot('Apn\AmiClient\Laravel\Facades\Ami::on("Hangup", App\RecordHangup::class);');
        $port = Port::free();
        $worker = $this->process('ami:listen', ['REDIS_PORT' => (string) $port]);
        $worker->waitForOutput('Redis is away, waiting for it');
        $redis = new RedisProcess($port);
        $worker->waitForOutput('"to":"ready"');
        // What it tried before it could start stands in no job's way.
        Wait::until(static fn(): bool => $redis->client()->lLen('app_queues:default') > 0, 'a job');
        $worker->signal(SIGTERM);
        self::assertSame(0, $worker->wait());
        $redis->stop();
        $waiting = $this->process('ami:listen', ['REDIS_PORT' => (string) $port]);
        $waiting->waitForOutput('Redis is away, waiting for it')->signal(SIGTERM);
        self::assertSame(0, $waiting->wait());
    }

    public function testAFullQueueTellsOneGapASecond(): void
    {
        $this->configure(new FakeAsteriskProcess(1, '--flood', '2000', '--write-timeout-ms', '0'), [
            'options' => ['event_queue_capacity' => 50],
        ]);
        $gaps = "{$this->skeleton->path}/gaps";
        $this->boot(<<<PHP
            Ami::on('*', fn () => usleep(2000));
            Event::listen(fn (Apn\AmiClient\Laravel\Events\AmiGap \$gap)
                => file_put_contents('$gaps', json_encode([microtime(true), \$gap]) . "\n", FILE_APPEND));
            PHP);
        $this->process('ami:listen');
        Wait::until(static fn(): bool => count(@file($gaps) ?: []) >= 5, 'gaps');
        $told = array_map(static fn(string $line): array => json_decode($line, associative: true), file($gaps) ?: []);
        foreach (array_slice($told, 1) as $place => [$at, $gap]) {
            self::assertGreaterThan(0.9, $at - $told[$place][0], 'seconds between two gaps of a server');
            self::assertGreaterThan(10, $gap['dropped'], 'many are merged');
            self::assertGreaterThanOrEqual($told[$place][1]['to'], $gap['from'], 'one begins where the other ends');
        }
    }

    public function testAListenerThatAlwaysThrowsIsReportedTenTimesAMinute(): void
    {
        $this->configure(new FakeAsteriskProcess(1, '--flood', '500'));
        $this->boot(
            "Ami::on('*', fn (\$event) => throw new RuntimeException(\"no customer {\$event['Uniqueid']} {\$event->sequence}\"));",
        );
        $worker = $this->process('ami:listen');
        Wait::until(fn(): bool => array_any(
            $this->app->make(Records::class)->workers(),
            static fn(array $record): bool => $record['events'] > 500,
        ), 'events');
        $log = (string) file_get_contents("{$this->skeleton->path}/storage/logs/laravel.log");
        self::assertSame(10, substr_count($log, 'production.ERROR: no customer'), $worker->output());
    }

    public function testAPausedWorkerIsAProblemAndAmiContinueEndsIt(): void
    {
        $this->configure(new FakeAsteriskProcess());
        $worker = $this->process('ami:listen')->waitForOutput('"to":"ready"');
        $report = $this->app->make(\Apn\AmiClient\Laravel\Console\StatusReport::class);
        Wait::until(static fn(): bool => $report->make()['code'] === 0, 'all is fine');
        $this->artisan('ami:pause')->expectsOutputToContain('will be paused')->assertExitCode(0);
        Wait::until(static fn(): bool => preg_grep('/it is paused/', $report->make()['problems']) !== [], 'the pause');
        self::assertSame(3, $report->make()['code']);
        $this->artisan('ami:continue')->assertExitCode(0);
        Wait::until(static fn(): bool => $report->make()['code'] === 0, 'it continues');
        self::assertTrue($worker->isRunning());
    }

    public function testServersOfAClosureAreAskedForOncePerRefresh(): void
    {
        config()->set('ami.redis', 'default');
        $asked = 0;
        $servers = new FakeAsteriskProcess()->servers();
        Ami::serversUsing(static function () use (&$asked, $servers): array {
            ++$asked;

            return $servers;
        });
        for ($number = 0; $number < 10; ++$number) {
            Ami::to('pbx1');
        }
        self::assertSame(1, $asked);
    }

    private function boot(string $php): void
    {
        $this->skeleton->onBoot(self::BOOT . "\n$php");
    }
}
