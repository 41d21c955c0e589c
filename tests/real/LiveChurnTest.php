<?php

declare(strict_types=1);

namespace Apn\AmiClient\Tests\Real;

use Apn\AmiClient\AmiClientManager;
use Apn\AmiClient\ClientOptions;
use Apn\AmiClient\ClusterOptions;
use Apn\AmiClient\Live\Kind;
use Apn\AmiClient\Live\LiveOptions;
use Apn\AmiClient\Live\Model;
use Apn\AmiClient\ServerConfig;
use Apn\AmiClient\Tests\Real\Live\Comparison;
use Apn\AmiClient\Tests\Real\Live\EdgeLedger;
use Apn\AmiClient\Tests\Real\Live\Proxy;
use Apn\AmiClient\Tests\Real\Live\QueueComparison;
use Apn\AmiClient\Tests\Real\Live\Servers;
use Apn\AmiClient\Tests\Real\Live\Wire;
use Apn\AmiClient\Tests\Real\Server\Asterisk;
use Apn\AmiClient\Tests\Real\Server\Process;
use PHPUnit\Framework\Attributes\DataProvider;
use Random\Engine\Mt19937;
use Random\Randomizer;

/**
 * Calls of every kind on both servers while the model's sessions are cut in the middle of frames and the servers are killed:
 * when it is quiet the model, queues included, is what the servers list, and of each call everything was told once and in order.
 *
 * Some seconds of it; AMI_CHURN_SECONDS, AMI_CHURN_RATE (calls a second and server) and AMI_CHURN_SEED say otherwise.
 */
final class LiveChurnTest extends RealTestCase
{
    private const int SECONDS = 20;
    private const int RATE = 20;

    /** An odd number, so that the last one adds a queue. */
    private const int RELOADS = 3;
    private const float NEVER = 86_400.0;

    /** A longer run is quiet so often, to be compared. */
    private const int PHASE_SECONDS = 30;

    private const array NOTHING = [
        'calls' => 0,
        'actions' => 0,
        'cuts' => 0,
        'kills' => 0,
        'reloads' => 0,
        'items' => 0,
        'items of queues' => 0,
    ];

    /** For short calls to end. */
    private const float CALM = 9.0;

    /** @var array<string, Asterisk> by key */
    private array $servers = [];

    /** @var array<string, Proxy> */
    private array $proxies = [];

    /** @var array<string, array<string, int>> what happened, by server */
    private array $sums = [];

    private Randomizer $chance;

    #[\Override]
    protected function tearDown(): void
    {
        foreach ($this->proxies as $proxy) {
            $proxy->stop();
        }
        parent::tearDown();
    }

    public function testAfterCutsAndKillsTheModelIsWhatTheServersList(): void
    {
        $seconds = (int) (getenv('AMI_CHURN_SECONDS') ?: self::SECONDS);
        $rate = (int) (getenv('AMI_CHURN_RATE') ?: self::RATE);
        $seed = (int) (getenv('AMI_CHURN_SEED') ?: random_int(0, 999_999));
        $this->chance = new Randomizer(new Mt19937($seed));
        // The model is right whatever classes its account is told besides.
        foreach ([16 => 'call,agent,dialplan', 22 => 'call,agent'] as $version => $classes) {
            $key = (string) $version;
            $this->servers[$key] = Servers::expendable($version);
            $this->proxies[$key] = new Proxy($this->servers[$key]);
            $configs[] = new ServerConfig(
                $key,
                '127.0.0.1',
                $this->proxies[$key]->port,
                'admin',
                Asterisk::SECRET,
                eventMask: $classes,
            );
            $this->sums[$key] = self::NOTHING;
        }
        $ami = $this->manager(
            $configs,
            new ClientOptions(
                reconnectMinDelay: 0.1,
                reconnectMaxDelay: 0.3,
                circuitFailureThreshold: 1_000,
                actionTimeout: 60.0,
            ),
            cluster: new ClusterOptions(maxEventsPerTick: 5_000),
        );
        self::assertSame([], $ami->connectAll(wait: self::PATIENCE));
        $model = $ami->live(new LiveOptions(kinds: [Kind::Queues]));
        $ledger = new EdgeLedger($model);
        self::assertTrue($model->await(self::PATIENCE));

        for ($past = 0; $past < $seconds; $past += self::PHASE_SECONDS) {
            $this->churn($ami, $model, $seed + $past, $rate, min(self::PHASE_SECONDS, $seconds - $past));
            foreach (array_keys($this->servers) as $key) {
                $this->compare($ami, $model, $ledger, (string) $key, "seed {$seed}");
            }
            $this->endAll($ami, $model, $ledger, "seed {$seed}");
        }
        foreach ($this->sums as $key => $sum) {
            $sum['calls told'] = $ledger->calls((string) $key);
            $words = array_map(
                static fn(string $what, int $count): string => "{$count} {$what}",
                array_keys($sum),
                $sum,
            );
            fprintf(
                STDERR,
                "Asterisk %s, seed %d: %s; 0 differences, 0 false ends\n",
                $key,
                $seed,
                implode(', ', $words),
            );
            self::assertGreaterThan($seconds, $sum['calls']);
            self::assertGreaterThan(0, $sum['items']);
        }
    }

    /**
     * Class `system` tells of a reload, what it changed has no event. So the lists come with the reload, and no interval is waited for.
     */
    #[DataProvider('versions')]
    public function testAfterReloadsDuringCallsTheModelOfAnAccountThatReadsClassSystemIsWhatTheServerLists(int $version): void
    {
        $key = (string) $version;
        $seed = random_int(0, 999_999);
        $this->servers[$key] = $server = Servers::expendable($version);
        $this->sums[$key] = self::NOTHING;
        $ami = $this->manager([self::config($server, $key, eventMask: 'call,agent,system')]);
        self::assertSame([], $ami->connectAll(wait: self::PATIENCE));
        $model = $ami->live(new LiveOptions(
            kinds: [Kind::Queues],
            verifyInterval: self::NEVER,
            queueInterval: self::NEVER,
        ));
        $ledger = new EdgeLedger($model);
        self::assertTrue($model->await(self::PATIENCE));
        $before = $server->configuration('queues.conf');
        $other = "{$before}\n[fresh]\nmember => Local/900@member\n[live2](+)\nmember => Local/901@member\n";

        $churn = $this->startChurn($seed, self::RATE, self::RELOADS * 2);
        for ($reload = 1; $reload <= self::RELOADS; ++$reload) {
            $next = microtime(true) + 1.5;
            $this->tickUntil($ami, static fn(): bool => microtime(true) > $next, 'some calls have begun');
            $server->configure('queues.conf', ($reload % 2) === 1 ? $other : $before);
            // The first one reloads all modules.
            $server->console($reload === 1 ? 'module reload' : 'module reload app_queue.so');
        }
        $this->tickUntil($ami, static fn(): bool => !$churn->isRunning(), 'the churn has ended');
        $this->noteChurn($churn);
        $this->awaitCalm($ami, $model);
        $this->compare($ami, $model, $ledger, $key, "seed {$seed}");
        self::assertNotNull($model->queue('fresh')?->member('Local/900@member'));

        $server->configure('queues.conf', $before);
        $server->console('module reload app_queue.so');
        $this->tickUntil($ami, static fn(): bool => $model->queue('fresh') === null, 'it is reloaded');
        $this->compare($ami, $model, $ledger, $key, "seed {$seed}");
        $this->endAll($ami, $model, $ledger, "seed {$seed}");
        self::assertGreaterThan(self::RELOADS, $this->sums[$key]['calls']);
    }

    private function startChurn(int $seed, int $rate, int $seconds): Process
    {
        $log = tempnam(sys_get_temp_dir(), 'churn') ?: self::fail('no temporary file');
        $ports = array_map(static fn(Asterisk $server): string => (string) $server->port(), $this->servers);

        return Process::start([
            PHP_BINARY,
            __DIR__ . '/Live/churn.php',
            (string) $seed,
            (string) $rate,
            (string) $seconds,
            ...array_values($ports),
        ], $log);
    }

    /** Adds the calls and actions of a churn that has ended to the sums. */
    private function noteChurn(Process $churn): void
    {
        foreach (explode("\n", rtrim($churn->output())) as $line) {
            if (preg_match('/^(\d+) (\d+) (\d+)$/', $line, $counts) !== 1) {
                self::fail("the churn said: {$line}");
            }
            $key = (string) array_find_key(
                $this->servers,
                static fn(Asterisk $server): bool => $server->port() === (int) $counts[1],
            );
            $this->sums[$key]['calls'] += (int) $counts[2];
            $this->sums[$key]['actions'] += (int) $counts[3];
        }
        unlink($churn->log);
    }

    /** Waits until the short calls have ended and the model has read its lists. */
    private function awaitCalm(AmiClientManager $ami, Model $model): void
    {
        $calm = microtime(true) + self::CALM;
        $this->tickUntil($ami, static fn(): bool => microtime(true) > $calm, 'the short calls have ended');
        $this->tickUntil($ami, static fn(): bool => $model->await(1.0), 'the model is current');
    }

    private function churn(AmiClientManager $ami, Model $model, int $seed, int $rate, int $seconds): void
    {
        $churn = $this->startChurn($seed, $rate, $seconds);
        $began = microtime(true);
        $kills = ['16' => $began + ($seconds * 0.3), '22' => $began + ($seconds * 0.6)];
        $nextCut = $nextList = 0.0;
        while ($churn->isRunning()) {
            $ami->tick(10);
            $now = microtime(true);
            if ($now > ($began + $seconds)) {
                continue;
            }
            if ($now > $nextList) {
                $model->resync($this->pick());
                $nextList = $now + ($this->chance->getInt(20, 1_500) / 1_000);
            }
            if ($now > $nextCut) {
                $this->cut($ami, $model, $this->pick());
                $nextCut = $now + ($this->chance->getInt(500, 2_500) / 1_000);
            }
            foreach ($kills as $key => $at) {
                if ($now > $at) {
                    $this->kill((string) $key);
                    unset($kills[$key]);
                }
            }
        }
        $this->noteChurn($churn);
        $this->awaitCalm($ami, $model);
    }

    private function pick(): string
    {
        return (string) $this->chance->pickArrayKeys($this->servers, 1)[0];
    }

    private function cut(AmiClientManager $ami, Model $model, string $key): void
    {
        ++$this->sums[$key]['cuts'];
        if ($this->chance->getInt(0, 1) === 1) {
            // While a list is read.
            $model->resync($key);
            $ami->tick($this->chance->getInt(0, 4));
        } elseif ($this->chance->getInt(0, 2) === 0 && $this->servers[$key]->isReady()) {
            $this->servers[$key]->console('manager reload');
            ++$this->sums[$key]['reloads'];
        }
        if ($this->chance->getInt(0, 3) > 0) {
            $this->proxies[$key]->cut();

            return;
        }
        $ami->server($key)->close(0.0);
        $ami->server($key)->open();
    }

    private function kill(string $key): void
    {
        ++$this->sums[$key]['kills'];
        $this->servers[$key]->kill();
        $this->servers[$key]->startAgain();
    }

    private function compare(AmiClientManager $ami, Model $model, EdgeLedger $ledger, string $key, string $seed): void
    {
        $wire = new Wire($this->servers[$key], events: 'off');
        $last = null;
        $same = 0;
        $deadline = microtime(true) + self::PATIENCE;
        do {
            // An event may be on its way.
            $pause = microtime(true) + 0.5;
            $this->tickUntil($ami, static fn(): bool => microtime(true) > $pause, 'half a second has passed');
            $channels = $wire->list('CoreShowChannels');
            $comparison = new Comparison($model, $key, $channels, $wire->list('BridgeList'));
            $queues = new QueueComparison($model, $key, $wire->list('QueueStatus'));
            $differences = [...$comparison->differences, ...$queues->differences];
            $same = $differences === $last ? $same + 1 : 0;
            $last = $differences;
        } while ($differences !== [] && $same < 3 && microtime(true) < $deadline);
        $this->sums[$key]['items'] += $comparison->items;
        $this->sums[$key]['items of queues'] += $queues->items;

        self::assertSame([], $differences, "Asterisk {$key}, {$seed}");
        self::assertSame([], $ledger->faults($key), "Asterisk {$key}, {$seed}");
        self::assertSame([], $ledger->falseEnds($key, $channels), "Asterisk {$key}, {$seed}");
    }

    /** Everybody hangs up: no call is left, and of each its end was told. */
    private function endAll(AmiClientManager $ami, Model $model, EdgeLedger $ledger, string $seed): void
    {
        foreach ($this->servers as $key => $server) {
            $wire = new Wire($server, events: 'off');
            $wire->send('Hangup', ['Channel' => '/.*/', 'Cause' => '16']);
            $wire->readUntil(static fn(): bool => $wire->list('CoreShowChannels') === [], 'all calls have ended');
            $this->tickUntil(
                $ami,
                static fn(): bool => \count($model->calls((string) $key)) === 0 && $ledger->open((string) $key) === [],
                "the model of Asterisk {$key} has no call, {$seed}",
            );
            self::assertSame([], $ledger->faults((string) $key), $seed);
        }
    }
}
