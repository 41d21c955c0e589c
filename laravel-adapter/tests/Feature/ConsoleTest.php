<?php

declare(strict_types=1);

namespace Apn\AmiClient\Laravel\Tests\Feature;

use Apn\AmiClient\AmiClientManager;
use Apn\AmiClient\Exception\ActionNotSentException;
use Apn\AmiClient\GenericAction;
use Apn\AmiClient\Laravel\Cluster\Leases;
use Apn\AmiClient\Laravel\Cluster\RedisDiagnosis;
use Apn\AmiClient\Laravel\Cluster\Store;
use Apn\AmiClient\Laravel\Facades\Ami;
use Apn\AmiClient\Laravel\Records\Records;
use Apn\AmiClient\Laravel\Tests\Support\ArtisanProcess;
use Apn\AmiClient\Laravel\Tests\Support\FakeAsteriskProcess;
use Apn\AmiClient\Laravel\Tests\Support\Port;
use Apn\AmiClient\Laravel\Tests\Support\RedisProcess;
use Apn\AmiClient\Laravel\Tests\Support\Wait;
use App\CallEnded;
use Illuminate\Support\Facades\Artisan;
use Illuminate\Support\Facades\Event;
use Illuminate\Support\ServiceProvider;
use PHPUnit\Framework\Attributes\TestWith;
use Symfony\Component\Console\Output\BufferedOutput;

/** The commands for people. */
final class ConsoleTest extends RedisTestCase
{
    public function testStatusSaysFineNoWorkerAndDegraded(): void
    {
        $asterisk = new FakeAsteriskProcess(2);
        $this->configure($asterisk);
        $this->artisan('ami:status')->expectsOutputToContain('No worker is running')->assertExitCode(2);
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
        Wait::until(fn(): bool => preg_grep('/^pbx1: /', $this->report()['problems']) !== [], 'pbx1 is missed');
        self::assertSame(3, $this->report()['code']);
    }

    public function testAServerThatHasJustChangedHandsIsItsNewHolders(): void
    {
        $this->configure(new FakeAsteriskProcess(2));
        $records = $this->app->make(Records::class);
        $of = static fn(array $servers): array => [
            'mode' => 'cluster',
            'started_at' => 1.0,
            'memory_bytes' => 1,
            'events' => 0,
            'slowest' => null,
            'draining' => false,
            'paused' => false,
            'sinks' => [],
            'servers' => array_fill_keys($servers, [
                'state' => 'ready',
                'state_since' => 1.0,
                'last_reason' => null,
                'flaps_hour' => 0,
                'queueDepth' => 0,
                'eventLagSeconds' => null,
                'eventsDropped' => 0,
                'gaps' => 0,
            ]),
        ];
        // Both servers went over since the workers last told: pbx1 stands in both records, pbx2 in none.
        $records->put('heir', $of(['pbx1']), 60.0);
        $records->put('leaving', $of(['pbx1']), 60.0);
        $leases = $this->app->make(Leases::class);
        $leases->acquire('pbx1', 'heir');
        $leases->acquire('pbx2', 'heir');
        $status = $this->report();
        self::assertSame(
            ['pbx1' => 'heir', 'pbx2' => 'heir'],
            array_map(static fn(array $server): ?string => $server['owner'], $status['servers']),
        );
        self::assertSame(
            ['pbx1' => 'ready', 'pbx2' => null],
            array_map(static fn(array $server): ?string => $server['state'], $status['servers']),
        );
        self::assertSame([[], 0], [$status['problems'], $status['code']]);
        $this->artisan('ami:status')->expectsOutputToContain('just taken')->assertExitCode(0);
        $records->addTransition('pbx2', [
            'at' => 1.0,
            'worker' => 'leaving',
            'from' => 'authenticating',
            'to' => 'ready',
            'reason' => null,
            'detail' => '',
        ]);
        $this->artisan('ami:history', ['server' => 'pbx2'])->expectsOutputToContain('held by heir')->assertExitCode(0);
        // A lease whose holder is gone holds nothing.
        $records->forget('heir');
        self::assertSame(['pbx2: no worker holds it'], $this->report()['problems']);
    }

    public function testHistoryTellsWhatHappened(): void
    {
        $this->configure(new FakeAsteriskProcess());
        $this
            ->artisan('ami:history', ['server' => 'pbx1'])
            ->expectsOutputToContain('no worker has tried it yet')
            ->assertExitCode(1);
        $this->listen('ami:listen');
        Wait::until(fn(): bool => $this->app->make(Records::class)->history('pbx1')[0]['to'] === 'ready', 'ready');
        $this->artisan('ami:history', ['server' => 'pbx1'])->expectsOutputToContain('-> ready')->assertExitCode(0);
    }

    public function testTheHistoryKeepsTheLastTwoHundredTransitions(): void
    {
        foreach ([$this->app->make(Records::class), new Records(cache()->store('array'))] as $records) {
            for ($number = 1; $number <= 205; ++$number) {
                $records->addTransition('pbx1', ['at' => $number]);
            }
            self::assertSame(range(205, 6), array_column($records->history('pbx1'), 'at'));
        }
    }

    public function testWhereRedisIsAwayTheCommandsSaySoInOneSentence(): void
    {
        $this->configure(new FakeAsteriskProcess());
        config()->set('database.redis.default.port', 1);
        Ami::reader('wallboard')->on('Hangup', static fn() => null);
        foreach ([
            'ami:status' => 3,
            'ami:history pbx1' => 1,
            'ami:read wallboard' => 1,
            'ami:drain somebody' => 1,
            'ami:pause' => 1,
            'ami:restart' => 1,
            'ami:send Ping' => 1,
        ] as $command => $exitCode) {
            $this->app->forgetInstance(Store::class);
            $said = $this->refusal($command, $exitCode);
            self::assertMatchesRegularExpression('/Redis.* (failed|is away).*Connection refused/', $said, $command);
        }
    }

    public function testWhatACommandCannotReadItNames(): void
    {
        $this->configure(new FakeAsteriskProcess());
        Ami::reader('wallboard')->on('Hangup', static fn() => null);
        foreach ([
            'ami:send QueueStatus support' => '"support" is no header: write Header=value',
            'ami:send Ping --timeout=soon' => '--timeout is "soon", must be a number of seconds',
            'ami:send Ping --server=pbx9' => 'there is no server "pbx9" in config ami.servers: there are pbx1',
            'ami:read nobody' => 'there is no reader "nobody": register it with Ami::reader(\'nobody\')->on(...) in a service provider; there are wallboard',
            'ami:read wallboard --from=yesterday' => '--from is "yesterday", must be',
            'ami:read wallboard --memory=much' => '--memory is "much", must be a whole number',
            'ami:pause nobody' => 'There is no worker nobody: there are none',
            'ami:restart --rolling' => 'No worker is running',
            'ami:history pbx9' => 'There is no server pbx9 in config ami.servers: there are pbx1',
        ] as $command => $message) {
            self::assertStringContainsString($message, $this->refusal($command), $command);
        }
    }

    public function testWithoutARedisConnectionTheWayOutIsNamed(): void
    {
        $this->configure(new FakeAsteriskProcess());
        config()->set('ami.redis', null);
        Ami::reader('wallboard')->on('Hangup', static fn() => null);
        self::assertStringContainsString('set AMI_REDIS_CONNECTION', $this->refusal('ami:read wallboard'));
        self::assertStringContainsString('With --direct', $this->refusal('ami:send Ping'));
        config()->set('ami.redis', '');
        self::assertStringContainsString('set AMI_REDIS_CONNECTION', $this->refusal('ami:read wallboard'));
        config()->set('ami.redis', 'phones');
        self::assertStringContainsString(
            'there is no Redis connection "phones" in config/database.php',
            $this->refusal('ami:read wallboard'),
        );
    }

    public function testWithoutTheExtensionEverythingBootsAndWhatNeedsItSaysSo(): void
    {
        $this->configure(new FakeAsteriskProcess());
        $folders = array_filter(
            explode(':', (string) getenv('PHP_INI_SCAN_DIR')),
            static fn(string $folder): bool => !str_ends_with($folder, 'tools/php.d'),
        );
        $this->skeleton->onBoot(<<<'PHP'
            use Apn\AmiClient\Laravel\Facades\Ami;
            Ami::on('Hangup', App\RecordHangup::class, where: ['Cause' => '16']);
            Ami::serversUsing(fn () => ['pbx1' => ['host' => 'localhost']]);
            Ami::reader('wallboard')->on('Queue*', fn ($event) => null);
            Illuminate\Support\Facades\Artisan::command('fake', fn () => Ami::fake());
            PHP);
        foreach ([
            'ami:listen' => [1, 'The PHP extension ami_client is missing'],
            'ami:install' => [0, 'The PHP extension ami_client is missing'],
            'ami:doctor' => [1, 'extension ami_client: it is missing'],
            'fake' => [1, 'Ami::fake() needs the PHP extension ami_client'],
            'about --only=ami' => [0, 'missing'],
            'route:cache' => [0, ''],
            'config:cache' => [0, ''],
        ] as $command => [$exitCode, $message]) {
            $process = $this->process($command, ['PHP_INI_SCAN_DIR' => implode(':', $folders)]);
            self::assertSame($exitCode, $process->wait(), "$command: {$process->output()}");
            self::assertStringContainsString($message, $process->output());
        }
    }

    public function testReloadRestartsTheWorkersToo(): void
    {
        $commands = ServiceProvider::$reloadCommands ?? null;
        self::assertSame(
            method_exists(ServiceProvider::class, 'reloads') ? 'ami:restart' : null,
            $commands['ami'] ?? null,
        );
    }

    public function testSendShowsAnswersAndLists(): void
    {
        $this->configure(new FakeAsteriskProcess(1, '--rate', '1'));
        $this->listen('ami:listen');
        $this
            ->artisan('ami:send', ['action' => 'CoreStatus'])
            ->expectsOutputToContain('CoreStartupDate')
            ->assertExitCode(0);
        $this
            ->artisan('ami:send', ['action' => 'QueueStatus', '--json' => true])
            ->expectsOutputToContain('"QueueMember"')
            ->assertExitCode(0);
        $this
            ->artisan('ami:send', ['action' => 'QueueStatus'])
            ->expectsOutputToContain('QueueMember')
            ->assertExitCode(0);
        $this
            ->artisan('ami:send', [
                'action' => 'Command',
                'headers' => ['Command=core show version'],
                '--direct' => true,
            ])
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
        Wait::until(
            fn(): bool => count($this->report()['workers']) === 1 && $this->report()['code'] === 0,
            'the other one has all',
        );
        self::assertTrue($second->isRunning());
        $this
            ->artisan('ami:drain', ['worker' => 'nobody'])
            ->expectsOutputToContain('There is no worker nobody')
            ->assertExitCode(1);
    }

    public function testDoctorNamesWhatIsWrong(): void
    {
        $asterisk = new FakeAsteriskProcess();
        $servers = $asterisk->servers();
        $this->configure($asterisk, [
            'servers' => [
                'gone' => [...$servers['pbx1'], 'port' => 1],
                'shut' => [...$servers['pbx1'], 'secret' => 'wrong'],
            ],
        ]);
        $this->redis->rawCommand('CONFIG', 'SET', 'maxmemory-policy', 'allkeys-lru');
        $said = $this->refusal('ami:doctor --wait=3');
        $this->redis->rawCommand('CONFIG', 'SET', 'maxmemory-policy', 'noeviction');
        self::assertStringContainsString('nothing listens on 127.0.0.1:1', $said);
        self::assertStringContainsString('the login is refused', $said);
        self::assertStringContainsString('maxmemory-policy is allkeys-lru', $said);
        // Each step by itself: the first that fails is where to look.
        self::assertMatchesRegularExpression('/gone: name \.* ?127.0.0.1/', $said);
        self::assertMatchesRegularExpression('/gone: TCP \.* ?failed/', $said);
        self::assertStringNotContainsString('gone: login', $said);
        self::assertMatchesRegularExpression('/shut: TCP \.* ?port/', $said);
        self::assertMatchesRegularExpression('/shut: login \.* ?failed/', $said);
        self::assertStringContainsString(
            'server pbx9: it is not in config ami.servers: there are pbx1, gone, shut',
            $this->refusal('ami:doctor --server=pbx9'),
        );
    }

    public function testDoctorTriesWhatWorkersDo(): void
    {
        $this->configure(new FakeAsteriskProcess());
        $redis = new RedisProcess();
        $client = $redis->client();
        config()->set('database.redis.default.port', $redis->port);
        $client->rawCommand('CONFIG', 'SET', 'appendonly', 'yes');
        $said = $this->refusal('ami:doctor', 0);
        self::assertStringContainsString('scripts, hashes, lists and streams work', $said);
        self::assertStringContainsString('appendonly yes', $said);
        self::assertStringContainsString('disabledevents=Newexten,VarSet in manager.conf', $said);
        Ami::on(['Newexten', 'VarSet'], static fn() => null);
        self::assertStringNotContainsString('disabledevents', $this->refusal('ami:doctor', 0));
        $client->rawCommand('CONFIG', 'SET', 'maxmemory', '1');
        self::assertMatchesRegularExpression(
            '/Redis commands: OOM.*Redis memory: it is full/',
            $this->refusal('ami:doctor'),
        );
        $client->rawCommand('CONFIG', 'SET', 'maxmemory', '0');
        $client->rawCommand('ACL', 'SETUSER', 'default', '-eval', '-evalsha');
        $this->app->forgetInstance(Store::class);
        self::assertMatchesRegularExpression('/Redis commands: NOPERM.*eval/', $this->refusal('ami:doctor'));
        $client->rawCommand('ACL', 'SETUSER', 'default', '+@all');
        $client->rawCommand('REPLICAOF', '127.0.0.1', '1');
        $this->app->forgetInstance(Store::class);
        self::assertStringContainsString('it is a replica, which refuses writes', $this->refusal('ami:doctor'));
        $redis->stop();
    }

    /** @param array<string, string> $info */
    #[TestWith([['redis_version' => '6.0.16'], 'it is version 6.0.16, must be 6.2.0 or later'])]
    #[TestWith([['redis_version' => '7.2.0', 'cluster_enabled' => '1'], 'it is a node of a Redis Cluster'])]
    #[TestWith([['redis_version' => '7.2.0', 'role' => 'slave'], 'it is a replica'])]
    public function testDoctorRefusesARedisThatWorkersCannotUse(array $info, string $why): void
    {
        $this->expectException(\RuntimeException::class);
        $this->expectExceptionMessage($why);
        RedisDiagnosis::of($info);
    }

    public function testDoctorNamesANodeOfACluster(): void
    {
        $this->configure(new FakeAsteriskProcess());
        // Left to itself it takes a port 10,000 higher, which may be in use.
        $redis = new RedisProcess(null, '--cluster-enabled', 'yes', '--cluster-port', (string) Port::free());
        config()->set('database.redis.default.port', $redis->port);
        self::assertStringContainsString('Redis server: it is a node of a Redis Cluster', $this->refusal('ami:doctor'));
        $redis->stop();
    }

    public function testWhereRedisIsFullStatusNamesThatToo(): void
    {
        $this->configure(new FakeAsteriskProcess());
        $redis = new RedisProcess();
        config()->set('database.redis.default.port', $redis->port);
        $redis->client()->rawCommand('CONFIG', 'SET', 'maxmemory', '1');
        $this
            ->artisan('ami:status')
            ->expectsOutputToContain('cannot report to a Redis that is full')
            ->assertExitCode(2);
        $redis->stop();
    }

    public function testTlsHasItsOwnDefaultPort(): void
    {
        foreach (['false' => 5038, 'true' => 5039] as $tls => $port) {
            $_ENV['AMI_TLS'] = $tls;
            $config = require __DIR__ . '/../../config/ami.php';
            self::assertSame([$port, $tls === 'true'], [
                $config['servers']['pbx1']['port'],
                $config['servers']['pbx1']['tls'] !== null,
            ]);
        }
        unset($_ENV['AMI_TLS']);
    }

    public function testRoutingAndTheLogLevelAreThoseOfTheConfiguration(): void
    {
        $this->configure(new FakeAsteriskProcess(2));
        config()->set('ami.default', 'pbx2');
        config()->set('ami.routing', 'failover');
        $manager = Ami::manager();
        self::assertSame('pbx2', $manager->default()->serverKey);
        self::assertSame([], $manager->connectAll(10.0));
        self::assertSame('pbx1', $manager->select()->serverKey);
        config()->set('ami.routing', 'nearest');
        config()->set('ami.cluster.client.log_level', 'loud');
        $this->app->forgetInstance(AmiClientManager::class);
        self::assertStringContainsString('config ami.cluster.client: logLevel is "loud"', $this->refusal('ami:doctor'));
        config()->set('ami.cluster.client.log_level', 'error');
        self::assertStringContainsString(
            'config ami.routing: it is "nearest", must be one of default, round_robin, least_pending, failover',
            $this->refusal('ami:doctor'),
        );
    }

    public function testATlsHandshakeThatFailsIsARedisThatIsAway(): void
    {
        $this->configure(new FakeAsteriskProcess());
        config()->set('database.redis.default.scheme', 'tls');
        self::assertMatchesRegularExpression('/The Redis connection "default" .* failed/', $this->refusal(
            'ami:status',
            3,
        ));
        $this->expectException(ActionNotSentException::class);
        Ami::to('pbx1')->send(new GenericAction('Ping'));
    }

    public function testARollingRestartRestartsReadersToo(): void
    {
        $this->configure(new FakeAsteriskProcess());
        $this->skeleton->onBoot("Apn\\AmiClient\\Laravel\\Facades\\Ami::reader('board')->on('Hangup', fn () => null);");
        $worker = $this->listen('ami:listen --cluster');
        $reader = $this->process('ami:read board')->waitForOutput('Reading the event stream');
        Wait::until(fn(): bool => $this->report()['readers'] !== [], 'the reader reads');
        $this->process('ami:restart --rolling --timeout=60');
        self::assertSame(0, $reader->wait());
        self::assertStringContainsString('Stopped: restart', $reader->output());
        self::assertSame(0, $worker->wait());
    }

    /** @param array<string, mixed> $config */
    #[TestWith([['bridge' => ['stream' => 'x']], 'config ami.bridge: it is no longer read: use ami.stream'])]
    #[TestWith([['waits' => ['lag' => 1]], 'config ami.waits: it is no longer read: use ami.alerts'])]
    #[TestWith([
        ['cluster' => ['poll_ms' => 50]],
        'config ami.cluster.poll_ms: it is no longer read: use ami.cluster.poll, in seconds',
    ])]
    #[TestWith([
        ['servers' => ['pbx1' => ['port' => 'abc']]],
        'config ami.servers.pbx1: port is "abc", must be 1 to 65535',
    ])]
    #[TestWith([
        ['stream' => ['events' => [['Hangup']]]],
        'config ami.stream.events: it is [["Hangup"]], must be a list of texts',
    ])]
    #[TestWith([
        ['listen' => ['servers' => [['pbx1']]]],
        'config ami.listen.servers: it is [["pbx1"]], must be a list of texts',
    ])]
    public function testKeysOfEarlierVersionsAndValuesOfAnotherKindAreRefusedByName(
        array $config,
        string $message,
    ): void {
        $this->configure(new FakeAsteriskProcess(), $config);
        self::assertStringContainsString($message, $this->refusal('ami:listen'));
    }

    public function testEmptyValuesOfEnvAreNone(): void
    {
        $this->configure(new FakeAsteriskProcess(), ['servers' => ['pbx1' => ['event_mask' => '', 'port' => '5038']]]);
        $server = $this->app->make(\Apn\AmiClient\Laravel\Config\ServerSource::class)->get('pbx1');
        self::assertSame([null, 5038], [$server->eventMask, $server->port]);
    }

    public function testOptionsThatTheApplicationLeavesOutHaveTheirDefaults(): void
    {
        self::assertSame(10_000, config('ami.options.event_queue_capacity'));
        config()->set('ami', ['options' => ['connect_timeout' => 3.0]]);
        new \Apn\AmiClient\Laravel\AmiServiceProvider($this->app)->register();
        self::assertSame([3.0, 10_000], [
            config('ami.options.connect_timeout'),
            config('ami.options.event_queue_capacity'),
        ]);
    }

    public function testDoctorComparesReadClassesWithTheListeners(): void
    {
        config()->set('ami.redis', null);
        config()->set('ami.servers', ['pbx1' => ['host' => '127.0.0.1', 'username' => 'listener', 'secret' => 'x']]);
        Ami::on(['Hangup', 'Newchannel', 'QueueMemberStatus'], static fn() => null);
        Ami::fake([
            'Command' => ['Output' => ['            username: listener', '           read perm: system']],
        ]);
        self::assertStringContainsString(
            'Hangup (and 1 more) needs read=call, QueueMemberStatus needs read=agent, the account has system',
            $this->refusal('ami:doctor'),
        );
        Ami::fake(['Command' => ['Output' => ['           read perm: system,call,agent']]]);
        $this->artisan('ami:doctor')->expectsOutputToContain('read=call,agent is there')->assertExitCode(0);
    }

    public function testRollingRestartReplacesOneWorkerAfterTheOther(): void
    {
        $this->configure(new FakeAsteriskProcess(2));
        $workers = [$this->listen('ami:listen --cluster'), $this->listen('ami:listen --cluster')];
        Wait::until(
            fn(): bool => $this->report()['code'] === 0 && count($this->report()['workers']) === 2,
            'two workers',
        );
        $restart = $this->process('ami:restart --rolling --timeout=120');
        foreach ([1, 2] as $_) {
            // What a supervisor does.
            Wait::until(static fn(): bool => array_any(
                $workers,
                static fn(ArtisanProcess $worker): bool => !$worker->isRunning(),
            ), 'one ends');
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
        file_put_contents("{$this->skeleton->path}/.env", "APP_NAME=Shop\nAMI_HOST=pbx.example\n");
        file_put_contents("{$this->skeleton->path}/bootstrap/providers.php", "<?php\n\nreturn [\n];\n");
        foreach ([1, 2] as $_) {
            $this->artisan('ami:install')->assertExitCode(0);
        }
        self::assertFileEquals(dirname(__DIR__, 2) . '/config/ami.php', "{$this->skeleton->path}/config/ami.php");
        self::assertSame(
            "APP_NAME=Shop\nAMI_HOST=pbx.example\n\nAMI_USERNAME=\nAMI_SECRET=\nAMI_REDIS_CONNECTION=\n",
            file_get_contents("{$this->skeleton->path}/.env"),
        );
        self::assertSame(
            "<?php\n\nreturn [\n    App\\Providers\\AmiServiceProvider::class,\n];\n",
            file_get_contents("{$this->skeleton->path}/bootstrap/providers.php"),
        );
        self::assertStringContainsString(
            "Ami::on('Hangup'",
            (string) file_get_contents("{$this->skeleton->path}/app/Providers/AmiServiceProvider.php"),
        );
    }

    public function testAboutHasASection(): void
    {
        $this
            ->artisan('about', ['--only' => 'ami', '--json' => true])
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
        $this->expectExceptionMessage('No worker of ami:listen is running');
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
    private function refusal(string $command, int $exitCode = 1): string
    {
        $output = new BufferedOutput();
        self::assertSame($exitCode, Artisan::call($command, [], $output), $command);

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
