<?php

/**
 * Runs one worker with everything that happens in months: events, listeners that throw, lists, refused and cancelled
 * actions, reconnects, servers and managers that are added and removed, and the live model with handles of ended calls. It
 * samples the memory of the process.
 *
 * `tools/soak` starts the servers and runs it:
 *
 *     php Soak.php --servers=pbx1=127.0.0.1:5038,... --samples=FILE [--seconds=N] [--events=N] [--calls] [--leak]
 */

declare(strict_types=1);

namespace Apn\AmiClient\Tests\Soak;

use Apn\AmiClient\AmiClientManager;
use Apn\AmiClient\AmiEvent;
use Apn\AmiClient\ClientOptions;
use Apn\AmiClient\ClusterOptions;
use Apn\AmiClient\Exception\AmiException;
use Apn\AmiClient\GenericAction;
use Apn\AmiClient\Live\Call;
use Apn\AmiClient\Live\Edge;
use Apn\AmiClient\Live\LiveOptions;
use Apn\AmiClient\PendingAction;
use Apn\AmiClient\ServerConfig;

final class Soak
{
    /** One event in this number makes its listener throw. */
    private const int THROWS_EVERY = 1_009;

    /** Number of events, and of handles of calls, that the application keeps for a time. */
    private const int KEPT = 500;

    /** Number of samples of a run of any length. */
    private const int SAMPLES = 240;

    /** Fewest samples. A run on a busy machine takes longer than its time until it has them. */
    private const int SAMPLES_MIN = 30;

    /** Fewest ticks between two samples. */
    private const int ROUNDS_BETWEEN = 5;

    private readonly AmiClientManager $ami;
    private readonly ClientOptions $options;

    /** @var array<int, AmiEvent> */
    private array $kept = [];

    private readonly string $modelled;

    /** @var array<int, Call> */
    private array $calls = [];

    /** @var list<string> what a run with --leak never lets go of */
    private array $leaked = [];

    private int $events = 0;
    private int $thrown = 0;
    private int $ended = 0;
    private int $callsStarted = 0;
    private int $callsEnded = 0;
    private int $wrongHandles = 0;
    private int $failed = 0;
    private int $sent = 0;
    private int $reconnects = 0;
    private int $managers = 0;

    /**
     * @param array<string, array{string, int}> $servers
     * @param array<string, string> $arguments
     */
    public function __construct(
        private readonly array $servers,
        private readonly array $arguments,
    ) {
        // The times are shorter than in a production system, so that more happens.
        // Queues are small, so that waiting events do not hide a leak.
        $this->options = new ClientOptions(
            reconnectMinDelay: 0.05,
            reconnectMaxDelay: 0.5,
            circuitFailureThreshold: 1_000,
            eventQueueCapacity: 1_000,
            eventQueueBytes: 512 * 1_024,
        );
        $cluster = new ClusterOptions(maxConnectAttemptsPerSecond: 1_000);
        $this->ami = new AmiClientManager([], $this->options, cluster: $cluster);
        foreach (array_keys($servers) as $key) {
            $this->ami->addServer($this->config($key));
        }
        $this->ami->onEvent('*', $this->onEvent(...));
        // The ids of ended objects fill bounded tables within a minute. One server has a model, and is not removed: tables
        // that are freed and filled again would look like a leak.
        $this->modelled = (string) array_key_first($servers);
        $this->ami->live(new LiveOptions(servers: [$this->modelled]))->onCall($this->onCall(...));
        $this->ami->onListenerError(function (\Throwable $_): void {
            ++$this->thrown;
        });
    }

    /** @return int<0, 1> */
    public function run(): int
    {
        $samples = fopen($this->arguments['samples'], 'w') ?: throw new \RuntimeException('no file for samples');
        fwrite($samples, "seconds,events,rss_kib,php_kib\n");
        $failed = $this->ami->connectAll(wait: 30.0);
        if ($failed !== []) {
            fwrite(STDERR, 'not ready: ' . implode(', ', array_keys($failed)) . "\n");

            return 1;
        }
        $began = hrtime(true);
        $goal = (float) ($this->arguments['seconds'] ?? $this->arguments['events'] ?? 60);
        $bySeconds = isset($this->arguments['seconds']) || !isset($this->arguments['events']);
        for ($done = 0.0, $sample = 1, $rounds = $taken = 0; $done < 1.0 || $taken < self::SAMPLES_MIN; ++$rounds) {
            $this->round();
            $seconds = (hrtime(true) - $began) / 1e9;
            $done = ($bySeconds ? $seconds : (float) $this->events) / $goal;
            // On a busy machine there are fewer samples. Waiting deliveries are made in between.
            if ($done >= ($sample / self::SAMPLES) && $rounds >= self::ROUNDS_BETWEEN) {
                $this->disturb($sample);
                gc_collect_cycles();
                $line = [round($seconds, 3), $this->events, self::resident(), intdiv(memory_get_usage(), 1_024)];
                fwrite($samples, implode(',', $line) . "\n");
                $sample = max($sample + 1, (int) floor($done * self::SAMPLES));
                $rounds = 0;
                ++$taken;
            }
        }
        $this->ami->terminate(grace: 1.0);
        printf(
            "%d events in %d s, %d listeners threw, %d actions sent, %d ended, %d of them badly, %d reconnects, %d managers, %d calls started, %d ended, %d handles kept, %d of them wrong\n",
            $this->events,
            (hrtime(true) - $began) / 1e9,
            $this->thrown,
            $this->sent,
            $this->ended,
            $this->failed,
            $this->reconnects,
            $this->managers,
            $this->callsStarted,
            $this->callsEnded,
            count($this->calls),
            $this->wrongHandles,
        );

        // If one of these has never happened, the run has not tested it.
        $counts = [$this->events, $this->thrown, $this->ended, $this->failed, $this->reconnects, $this->callsEnded];

        return min($counts) > 0 && $this->wrongHandles === 0 ? 0 : 1;
    }

    private function onEvent(AmiEvent $event): void
    {
        ++$this->events;
        $this->kept[$this->events % self::KEPT] = $event;
        if (isset($this->arguments['leak'])) {
            $this->leaked[] = "{$this->events} " . str_repeat('x', 40);
        }
        $event->get('Channel');
        if (($this->events % self::THROWS_EVERY) === 0) {
            $event->getHeaders();
            throw new \RuntimeException("event {$this->events}");
        }
    }

    /**
     * Keeps a handle of the call, so that most kept handles are of calls that have ended.
     *
     * @param list<Edge> $edges
     */
    private function onCall(Call $call, array $edges): void
    {
        $this->callsStarted += in_array(Edge::Started, $edges, true) ? 1 : 0;
        if (!in_array(Edge::Ended, $edges, true)) {
            return;
        }
        $this->calls[++$this->callsEnded % self::KEPT] = $call;
        $old = $this->calls[array_rand($this->calls)];
        if (!$old->isOver() || $old->toArray()['id'] !== $old->id) {
            ++$this->wrongHandles;
        }
    }

    /** One tick, with the work of an application around it. */
    private function round(): void
    {
        $this->ami->tick(20);
        $key = array_rand($this->servers);
        if (!$this->ami->server($key)->isReady()) {
            return;
        }
        $action = match (random_int(0, 9)) {
            0, 1 => new GenericAction('CoreShowChannels'),
            2 => new GenericAction('QueueStatus'),
            3 => new GenericAction('Command', ['Command' => 'core show uptime']),
            4 => new GenericAction('NoSuchAction', ['X' => str_repeat('x', 100)]),
            5 => new GenericAction('UserEvent', ['UserEvent' => 'Soak', 'Text' => bin2hex(random_bytes(20))]),
            default => isset($this->arguments['calls']) && random_int(0, 20) === 0
                ? $this->call()
                : new GenericAction('Ping'),
        };
        try {
            $this->follow($this->ami->send($action, $key));
        } catch (AmiException) {
            ++$this->failed;
        }
    }

    /** A call whose dialplan sends a thousand events. */
    private function call(): GenericAction
    {
        return new GenericAction('Originate', [
            'Channel' => 'Local/1@flood',
            'Application' => 'Wait',
            'Data' => '1',
            'Async' => 'true',
            'Timeout' => '5000',
        ]);
    }

    private function follow(PendingAction $action): void
    {
        ++$this->sent;
        $sent = microtime(true);
        $action->onComplete(function () use ($action, $sent): void {
            ++$this->ended;
            if ($action->getException() !== null || (microtime(true) - $sent) > 60.0) {
                ++$this->failed;
            }
        });
        match (random_int(0, 19)) {
            0 => $action->cancel(),
            1 => $this->await($action),
            default => null,
        };
    }

    private function await(PendingAction $action): void
    {
        try {
            $action->await(2.0);
        } catch (AmiException) {
            ++$this->failed;
        }
    }

    /** Rare events: reconnects, added and removed servers, new listeners, new managers. */
    private function disturb(int $number): void
    {
        $key = array_rand($this->servers);
        match ($number % 4) {
            0 => $this->ami->server($key)->close(0.2),
            1 => $key === $this->modelled ? null : $this->ami->removeServer($key, 0.2),
            2 => $this->another($key),
            default => null,
        };
        if (!in_array($key, $this->ami->serverKeys(), true)) {
            $this->ami->addServer($this->config($key));
        }
        $this->ami->server($key)->open();
        ++$this->reconnects;
        $subscription = $this->ami->onEvent(['Hangup', 'Queue*'], static fn(AmiEvent $event): ?string => $event->get(
            'X',
        ));
        $this->ami->tick();
        $subscription->cancel();
    }

    private function another(string $key): void
    {
        $other = new AmiClientManager([$this->config($key)], $this->options);
        $other->onEvent('*', static fn(): null => null);
        // A listener that holds its manager makes a cycle.
        $other->onStateChange(static fn(): int => count($other->serverKeys()));
        $other->connectAll(wait: 2.0);
        $other->tick(10);
        ++$this->managers;
    }

    private function config(string $key): ServerConfig
    {
        [$host, $port] = $this->servers[$key];

        return new ServerConfig($key, $host, $port, 'admin', (string) getenv('SOAK_SECRET'));
    }

    private static function resident(): int
    {
        $found = [];
        preg_match('/^VmRSS:\s+(\d+) kB$/m', (string) file_get_contents('/proc/self/status'), $found);

        return (int) ($found[1] ?? 0);
    }
}

$arguments = [];
foreach (array_slice($argv, 1) as $argument) {
    [$name, $value] = explode('=', ltrim($argument, '-'), 2) + [1 => '1'];
    $arguments[$name] = $value;
}
$servers = [];
foreach (explode(',', $arguments['servers'] ?? '') as $server) {
    [$key, $host, $port] = preg_split('/[=:]/', $server);
    $servers[$key] = [$host, (int) $port];
}

exit(new Soak($servers, $arguments)->run());
