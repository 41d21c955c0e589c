<?php

declare(strict_types=1);

namespace Apn\AmiClient\Laravel\Tests\Cluster;

use Apn\AmiClient\Exception\AmiThrowable;
use Apn\AmiClient\GenericAction;
use Apn\AmiClient\Laravel\Cluster\Remote\RemotePending;
use Apn\AmiClient\Laravel\Facades\Ami;
use Apn\AmiClient\Laravel\Tests\Feature\RedisTestCase;
use Apn\AmiClient\Laravel\Tests\Support\ArtisanProcess;
use Apn\AmiClient\Laravel\Tests\Support\FakeAsteriskProcess;
use Apn\AmiClient\Laravel\Tests\Support\Wait;
use DateTimeImmutable;
use PHPUnit\Framework\Attributes\Group;

/**
 * Four workers, twelve servers, two processes of one reader; for two minutes workers are killed, stopped and restarted at
 * random, while actions are sent. Then everything is counted: the stream, what the reader saw, and the jobs in the queue.
 *
 *     AMI_CLUSTER_SECONDS=30 AMI_CLUSTER_SEED=7 make test-cluster
 */
#[Group('cluster')]
final class FleetTest extends RedisTestCase
{
    private const int WORKERS = 4;
    private const int SERVERS = 12;
    private const int RATE = 40;
    private const float LEASE = 3.0;

    /** @var list<ArtisanProcess> */
    private array $workers = [];

    /** @var list<string> everything that workers and readers printed */
    private array $outputs = [];

    /** @var list<array{what: string, at: float}> */
    private array $acts = [];

    /** @var array<string, RemotePending> by marker */
    private array $pending = [];
    /** @var array<string, RemotePending> those whose answer was not fetched yet */
    private array $unsettled = [];
    private int $notSent = 0;
    private CpuWaits $waits;

    protected function setUp(): void
    {
        parent::setUp();
        $this->waits = new CpuWaits();
    }

    public function testNothingIsMissingThatNobodyToldOfAndNothingComesTwice(): void
    {
        $seed = (int) (getenv('AMI_CLUSTER_SEED') ?: random_int(1, 99_999));
        mt_srand($seed);
        $asterisk = new FakeAsteriskProcess(self::SERVERS, '--flood', (string) self::RATE, '--write-timeout-ms', '0');
        $this->configure($asterisk, [
            'cluster' => ['lease' => self::LEASE],
            'stream' => ['max_length' => 10_000_000],
        ]);
        $seen = "{$this->skeleton->path}/seen";
        $this->skeleton->onBoot(<<<PHP
            use Apn\AmiClient\Laravel\Facades\Ami;
            Ami::on('*', App\RecordHangup::class);
            Ami::reader('board')->on('*', fn (\$event, string \$id) => file_put_contents('$seen', "\$id\n", FILE_APPEND));
            PHP);
        for ($number = 0; $number < self::WORKERS; ++$number) {
            $this->workers[] = $this->worker();
        }
        $readers = [$this->process('ami:read board --from=0'), $this->process('ami:read board --from=0')];
        $this->waitForAllHeld();

        $this->disturb((float) (getenv('AMI_CLUSTER_SECONDS') ?: 120));

        $this->waitForAllHeld();
        $this->settleActions();
        foreach ($this->workers as $worker) {
            $this->end($worker);
        }
        Wait::until(
            fn(): bool => $this->reader('board')['behind'] === 0,
            fn(): string => 'the reader is done: ' . json_encode($this->reader('board')),
            300.0,
        );
        array_walk($readers, $this->end(...));

        $this->account($this->ledger(), array_count_values(file($seen, FILE_IGNORE_NEW_LINES) ?: []), $seed);
    }

    private function disturb(float $seconds): void
    {
        $until = microtime(as_float: true) + $seconds;
        $nextAct = microtime(as_float: true) + 3.0;
        $number = 0;
        while (microtime(as_float: true) < $until) {
            $this->waits->look(array_map(static fn(ArtisanProcess $worker): int => $worker->pid, $this->workers));
            $this->sendAction(++$number);
            $this->fetchAnswers();
            if (microtime(as_float: true) >= $nextAct) {
                $this->act(mt_rand(0, 9));
                $nextAct = microtime(as_float: true) + self::LEASE + mt_rand(1, 4);
            }
            usleep(50_000);
        }
    }

    private function act(int $dice): void
    {
        $place = mt_rand(0, self::WORKERS - 1);
        $worker = $this->workers[$place];
        $what = match (true) {
            $dice < 4 => 'kill',
            $dice < 9 => 'restart',
            default => 'stop',
        };
        $this->acts[] = ['what' => $what, 'at' => microtime(as_float: true)];
        if ($what === 'stop') {
            $worker->signal(SIGSTOP);
            usleep((int) (self::LEASE * 1.5 * 1e6));
            $worker->signal(SIGCONT);

            return;
        }
        if ($what === 'kill') {
            $worker->kill();
            $this->acts[array_key_last($this->acts)]['at'] = microtime(as_float: true);
            $this->outputs[] = $worker->output();
            usleep(mt_rand(0, 3_000_000));
        } else {
            $this->end($worker);
        }
        $this->workers[$place] = $this->worker();
    }

    private function end(ArtisanProcess $process): void
    {
        // One that has said nothing yet does not heed signals yet.
        Wait::until(static fn(): bool => $process->output() !== '', 'its first line');
        $process->signal(SIGTERM);
        self::assertSame(0, $process->wait(60.0), $process->output());
        $this->outputs[] = $process->output();
    }

    private function sendAction(int $number): void
    {
        $marker = "m$number";
        try {
            $server = 'pbx' . mt_rand(1, self::SERVERS);
            $action = new GenericAction('UserEvent', ['UserEvent' => 'Marker', 'Marker' => $marker]);
            $this->pending[$marker] = $this->unsettled[$marker] = Ami::to($server)->send($action, deadline: 2.0);
        } catch (AmiThrowable) {
            // Nobody holds the server: nothing was sent.
            ++$this->notSent;
        }
    }

    /** An answer waits for two minutes only. */
    private function fetchAnswers(): void
    {
        foreach (array_slice($this->unsettled, 0, 20) as $marker => $pending) {
            if ($pending->isFinished()) {
                unset($this->unsettled[$marker]);
            }
        }
    }

    private function settleActions(): void
    {
        foreach ($this->pending as $pending) {
            // Its end is looked at below, whatever it is.
            rescue(static fn() => $pending->await(30.0), report: false);
        }
    }

    private function ledger(): Ledger
    {
        $ledger = new Ledger();
        $from = '-';
        while (($entries = $this->redis->xRange(self::STREAM, $from, '+', 5_000)) !== []) {
            foreach ($entries as $id => $fields) {
                $ledger->enter((string) $id, json_decode($fields['e'], associative: true));
                $from = "($id";
            }
        }

        return $ledger;
    }

    /** @return array<string, int> how often each event is in the queue, by server and serial */
    private function queued(): array
    {
        $serials = [];
        foreach ($this->jobs() as $job) {
            $event = unserialize($job['data']['command'])->event;
            if ($event->get('AccountCode') !== null) {
                $serials[] = "{$event->serverKey} " . (int) $event->get('AccountCode');
            }
        }

        return array_count_values($serials);
    }

    /** @param array<string, int> $consumed */
    private function account(Ledger $ledger, array $consumed, int $seed): void
    {
        $handovers = $this->numbers('/is taken over from \S+ in (\d+) ms/');
        $ends = ['answered' => 0, 'not sent' => $this->notSent, 'unknown' => 0];
        foreach ($this->pending as $marker => $pending) {
            $ran = count($ledger->actions[$marker] ?? []);
            self::assertLessThanOrEqual(1, $ran, "$marker ran $ran times");
            $error = $pending->getException();
            $end = match (true) {
                $pending->getResponse() !== null => 'answered',
                $error instanceof AmiThrowable && $error->isRetrySafe() => 'not sent',
                default => 'unknown',
            };
            ++$ends[$end];
            self::assertFalse($end === 'not sent' && $ran > 0, "$marker was said not to be sent, and ran");
        }
        $queued = $this->queued();
        $streamed = array_fill_keys($ledger->serials(), true);
        $jobless = array_diff_key($streamed, $queued);
        $jobsTwice = array_filter($queued, static fn(int $times): bool => $times > 1);
        $untold = array_filter($ledger->holes, static fn(array $hole): bool => !$hole['told']);
        $silences = array_column($ledger->holes, 'silence');
        $unwritten = $this->unwritten($ledger);
        $acts = array_count_values(array_column($this->acts, 'what')) + ['kill' => 0, 'restart' => 0, 'stop' => 0];
        fwrite(STDERR, sprintf(
            "\n  seed %d: %d kills, %d rolling restarts, %d workers stopped beyond their lease\n"
            . "  %d events of %d servers, %d gaps told; %d holes, %d of them untold; %d came twice\n"
            . "  take-overs without the owner: silence of a server %s s (lease %.1f s)\n"
            . "  events that a killed worker had received and not written: %s a server; the batch is of %d\n"
            . "  jobs in the queue: %d, %d of events that are not in the stream, %d of the stream's events without a job, %d twice\n"
            . "  planned handovers: %s ms\n"
            . "  actions: %d answered, %d not sent, %d of unknown outcome, none twice\n"
            . "  longest wait of a worker for a CPU within a lease: %.2f s\n",
            $seed,
            $acts['kill'],
            $acts['restart'],
            $acts['stop'],
            $ledger->events,
            self::SERVERS,
            $ledger->gaps,
            count($ledger->holes),
            count($untold),
            count($ledger->twice),
            self::spread($silences, '%.2f'),
            self::LEASE,
            self::spread($unwritten, '%.0f'),
            $this->batch(),
            count($queued),
            count(array_diff_key($queued, $streamed)),
            count($jobless),
            count($jobsTwice),
            self::spread($handovers, '%.0f'),
            ...array_values($ends),
            ...[$this->waits->longest(self::LEASE)],
        ));
        self::assertSame([], array_values($untold), 'missing, and nobody told');
        $this->assertEveryHoleHasACause($ledger);
        self::assertSame([], $ledger->twice, 'came twice');
        self::assertSame([], array_diff_key($ledger->ids, $consumed), 'in the stream, and not read');
        self::assertSame([], array_diff_key($consumed, $ledger->ids), 'read, and not in the stream');
        self::assertSame([], $jobsTwice, 'queued twice');
        // A worker that is killed between its two writes leaves what it had in hand in one of them alone.
        self::assertLessThanOrEqual(
            $acts['kill'] * self::SERVERS * $this->batch(),
            count($jobless),
            'in the stream, and not in the queue',
        );
        self::assertLessThan(self::LEASE + 1.0, max([0.0, ...$silences]), 'longest silence');
        self::assertLessThanOrEqual($this->batch(), max([0.0, ...$unwritten]), 'lost with a killed worker');
        if ($acts['kill'] === 0 && $acts['stop'] === 0) {
            self::assertSame([], $ledger->holes);
        }
    }

    /** Two failures: one of the workers, and one of a machine that is too busy for the leases of this test. */
    private function assertEveryHoleHasACause(Ledger $ledger): void
    {
        $holes = $starved = [];
        foreach ($this->withoutCause($ledger) as $hole) {
            $hole['waited'] = $this->waits->longest(self::LEASE, $hole['from'] - self::LEASE, $hole['at']);
            // The rest of a lease after its renewal: a worker loses its servers by that alone.
            if ($hole['waited'] > (self::LEASE / 2)) {
                $starved[] = $hole;
            } else {
                $holes[] = [...$hole, 'told' => $this->warnings($hole['from'] - self::LEASE, $hole['at'])];
            }
        }
        self::assertSame([], $holes, 'missing, and no worker was killed, stopped or starved then');
        self::assertSame([], $starved, 'no result: the machine had no CPU for a worker for most of its lease');
    }

    /** @return list<string> what workers warned of between two times */
    private function warnings(float $from, float $to): array
    {
        $warnings = [];
        foreach (explode("\n", implode("\n", $this->outputs)) as $line) {
            $fields = json_decode($line, associative: true);
            $at = is_array($fields) ? (float) new DateTimeImmutable($fields['timestamp'])->format('U.u') : 0.0;
            if ($at >= $from && $at <= $to && $fields['level'] !== 'info') {
                $warnings[] = $line;
            }
        }

        return $warnings;
    }

    /**
     * Holes at whose time no worker was killed or stopped: planned handovers leave none.
     *
     * @return list<array<string, mixed>>
     */
    private function withoutCause(Ledger $ledger): array
    {
        return array_values(array_filter(
            $ledger->holes,
            fn(array $hole): bool => !array_any(
                $this->acts,
                static fn(array $act): bool => (
                    $act['what'] !== 'restart'
                    // A worker still writes for a moment after the time was taken.
                    && $act['at'] > ($hole['from'] - 1.0)
                    && $act['at'] < $hole['at']
                ),
            ),
        ));
    }

    /**
     * What the servers said between the last entry of a worker and its end.
     *
     * @return list<float>
     */
    private function unwritten(Ledger $ledger): array
    {
        $unwritten = [];
        foreach ($this->acts as ['what' => $what, 'at' => $killedAt]) {
            foreach ($what === 'kill' ? $ledger->holes : [] as ['from' => $from, 'at' => $at]) {
                // The servers of other workers were written to all the while.
                if ($from <= $killedAt && $killedAt < $at) {
                    $unwritten[] = floor(($killedAt - $from) * self::RATE);
                }
            }
        }

        return $unwritten;
    }

    private function batch(): int
    {
        return 100;
    }

    /** @return list<float> */
    private function numbers(string $pattern): array
    {
        preg_match_all($pattern, implode("\n", $this->outputs), $found);

        return array_map(floatval(...), $found[1]);
    }

    /** @param list<float> $values */
    private static function spread(array $values, string $format): string
    {
        sort($values);

        return $values === []
            ? 'none'
            : sprintf(
                "$format to $format, median $format (%d)",
                $values[0],
                end($values),
                $values[intdiv(count($values), 2)],
                count($values),
            );
    }

    private function worker(): ArtisanProcess
    {
        return $this->process('ami:listen --cluster');
    }

    private function waitForAllHeld(): void
    {
        Wait::until(
            fn(): bool => count($this->redis->keys('app_ami:lease:*')) === self::SERVERS,
            'all servers are held',
            30.0,
        );
    }
}
