<?php

/**
 * Drives a whole cluster: logs in everywhere, subscribes, sends actions, loses one server and gets it back.
 *
 * `make demo` runs it against three fake servers, `make demo-asterisk` against a real Asterisk 22 and 16. By hand:
 *
 *     AMI_DEMO_SERVERS=pbx1=10.0.0.5:5038 AMI_DEMO_USER=admin AMI_DEMO_SECRET=... php examples/demo.php
 *
 * Without the commands AMI_DEMO_STOP_PBX1 and AMI_DEMO_START_PBX1 no server is killed.
 */

declare(strict_types=1);

use Apn\AmiClient\ActionSender;
use Apn\AmiClient\AmiClientManager;
use Apn\AmiClient\AmiEvent;
use Apn\AmiClient\ClientOptions;
use Apn\AmiClient\ConnectionState;
use Apn\AmiClient\DisconnectReason;
use Apn\AmiClient\Gap;
use Apn\AmiClient\GenericAction;
use Apn\AmiClient\ServerConfig;
use Apn\AmiClient\ServerRegistry;

final class Demo
{
    private const float TABLE_EVERY = 0.5;

    private readonly AmiClientManager $ami;
    private readonly bool $terminal;
    private float $started;
    private float $nextTable = 0.0;
    private int $tableLines = 0;

    /** @var array<string, int> events by server since the last table */
    private array $recent = [];
    /** @var array<string, int> */
    private array $events = [];
    /** @var array<string, float> longest answer to a Ping while another server was away, in milliseconds */
    private array $longestPing = [];
    private int $actions = 0;
    private int $gaps = 0;
    private int $shown = 0;

    public function __construct()
    {
        $this->started = microtime(true);
        $this->terminal = stream_isatty(STDOUT);
        // A demonstration is in more of a hurry than a production system should be.
        $options = new ClientOptions(reconnectMinDelay: 0.2, reconnectMaxDelay: 1.0, circuitFailureThreshold: 1_000);
        $this->ami = new AmiClientManager(self::servers(), $options);
    }

    public function run(): int
    {
        $this->listen();
        $this->say('connecting to ' . implode(', ', $this->ami->serverKeys()));
        $failed = $this->ami->connectAll(wait: 10.0);
        /** @var DisconnectReason $reason */
        foreach ($failed as $key => $reason) {
            $this->say("{$key} could not be reached: {$reason->value}");
        }
        if ($failed !== []) {
            return 1;
        }

        foreach ($this->ami->serverKeys() as $key) {
            $this->ask($key, $this->ami->server($key));
        }
        $this->watch(1.5);
        $reconnected = $this->loseOneServer();
        $this->watch(1.5);

        $this->summary();
        $this->ami->terminate(grace: 1.0);

        return $reconnected ? 0 : 1;
    }

    private static function servers(): ServerRegistry
    {
        $registry = new ServerRegistry();
        foreach (explode(',', self::setting('AMI_DEMO_SERVERS')) as $server) {
            [$key, $address] = explode('=', $server, 2);
            [$host, $port] = explode(':', $address, 2);
            $registry->add(new ServerConfig(
                key: $key,
                host: $host,
                port: (int) $port,
                username: self::setting('AMI_DEMO_USER'),
                secret: self::setting('AMI_DEMO_SECRET'),
            ));
        }

        return $registry;
    }

    private static function setting(string $name): string
    {
        $value = getenv($name);
        if ($value === false || $value === '') {
            fwrite(STDERR, "demo.php: set {$name} (see the head of the file)\n");
            exit(2);
        }

        return $value;
    }

    private function listen(): void
    {
        $this->ami->onEvent('*', function (AmiEvent $event): void {
            $this->recent[$event->serverKey] = ($this->recent[$event->serverKey] ?? 0) + 1;
            $this->events[$event->serverKey] = ($this->events[$event->serverKey] ?? 0) + 1;
        });
        $this->ami->onEvent(['Newchannel', 'OriginateResponse', 'Hangup'], function (AmiEvent $event): void {
            // A few lines show the shape; a busy server would fill the screen.
            if ($this->shown++ < 12) {
                $this->say("{$event->serverKey}  {$event->name} {$event->get('Channel')} {$event->get('Cause-txt')}");
            }
        });
        $this->ami->onStateChange(function (
            string $key,
            ConnectionState $from,
            ConnectionState $to,
            ?DisconnectReason $why,
        ): void {
            if ($to === ConnectionState::Ready || $from === ConnectionState::Ready) {
                $this->say("{$key}  {$from->value} -> {$to->value}" . ($why ? " ({$why->value})" : ''));
            }
        });
        $this->ami->onGap(function (Gap $gap): void {
            ++$this->gaps;
            $lasted = number_format($gap->to - $gap->from, 1);
            $this->say("{$gap->serverKey}  gap of {$lasted} s: rebuild what you know from lists");
        });
    }

    private function ask(string $key, ActionSender $server): void
    {
        $status = $server->send(new GenericAction('QueueStatus'))->await(5.0);
        $channels = $server->send(new GenericAction('CoreShowChannels'))->await(5.0);
        $version = $server->send(new GenericAction('Command', ['Command' => 'core show version']))->await(5.0);
        $call = $server->send(new GenericAction('Originate', [
            'Channel' => 'Local/201@answer',
            'Context' => 'answer',
            'Exten' => '300',
            'Priority' => 1,
            'Async' => 'true',
            'Timeout' => 5_000,
            'Variable' => ['NOTE' => 'commas, "quotes" and \\ arrive as they are'],
        ]))->await();
        $this->actions += 4;

        $queues = array_filter($status->getEvents(), static fn(AmiEvent $item): bool => $item->name === 'QueueParams');
        $this->say(sprintf(
            '%s  %d queue(s), %d channel(s), call %s, %s',
            $key,
            count($queues),
            count($channels->getEvents()),
            strtolower($call->getCompleteEvent()?->get('Response') ?? 'without an answer'),
            strtok((string) $version->getOutput(), "\n"),
        ));
    }

    /** Kills the first server, shows that the others go on, brings it back. False when it does not come back. */
    private function loseOneServer(): bool
    {
        $key = $this->ami->serverKeys()[0];
        $stop = getenv('AMI_DEMO_STOP_' . strtoupper($key));
        $start = getenv('AMI_DEMO_START_' . strtoupper($key));
        if ($stop === false || $start === false) {
            return true;
        }
        $this->say("killing {$key}");
        exec($stop);
        $this->watch(2.0, pingTheOthersOf: $key);

        $this->say("starting {$key} again");
        exec($start);
        $deadline = microtime(true) + 15.0;
        while (!$this->ami->server($key)->isReady() && microtime(true) < $deadline) {
            $this->watch(0.25, pingTheOthersOf: $key);
        }
        foreach ($this->longestPing as $other => $milliseconds) {
            $this->say(sprintf(
                '%s  never paused: longest Ping %.1f ms while %s was away',
                $other,
                $milliseconds,
                $key,
            ));
        }

        return $this->ami->server($key)->isReady();
    }

    private function watch(float $seconds, ?string $pingTheOthersOf = null): void
    {
        $end = microtime(true) + $seconds;
        $nextPing = 0.0;
        while (($now = microtime(true)) < $end) {
            if ($pingTheOthersOf !== null && $now >= $nextPing) {
                $nextPing = $now + 0.1;
                $this->pingTheOthersOf($pingTheOthersOf);
            }
            $this->ami->tick(20);
            $this->table();
        }
    }

    private function pingTheOthersOf(string $lost): void
    {
        foreach ($this->ami->serverKeys() as $key) {
            if ($key === $lost) {
                continue;
            }
            $sent = microtime(true);
            ++$this->actions;
            $this->ami
                ->send(new GenericAction('Ping'), $key)
                ->onComplete(function (?\Throwable $error) use ($key, $sent): void {
                    if ($error !== null) {
                        throw $error;
                    }
                    $milliseconds = 1_000 * (microtime(true) - $sent);
                    $this->longestPing[$key] = max($this->longestPing[$key] ?? 0.0, $milliseconds);
                });
        }
    }

    /** One small table, redrawn in place; nothing where the output is no terminal. */
    private function table(): void
    {
        $now = microtime(true);
        if (!$this->terminal || $now < $this->nextTable) {
            return;
        }
        $lines = [sprintf(
            '%-8s %-14s %9s %8s %8s %10s',
            'server',
            'state',
            'events/s',
            'pending',
            'dropped',
            'reconnects',
        )];
        foreach ($this->ami->health() as $key => $health) {
            $lines[] = sprintf(
                '%-8s %-14s %9.0f %8d %8d %10d',
                $key,
                $health->state->value,
                ($this->recent[$key] ?? 0) / ($now - ($this->nextTable - self::TABLE_EVERY)),
                $health->pendingActions,
                $health->eventsDropped,
                $health->reconnects,
            );
        }
        $this->clearTable();
        echo implode("\n", $lines), "\n";
        $this->tableLines = count($lines);
        $this->recent = [];
        $this->nextTable = $now + self::TABLE_EVERY;
    }

    private function clearTable(): void
    {
        if ($this->tableLines > 0) {
            echo "\e[{$this->tableLines}A\e[J";
            $this->tableLines = 0;
        }
    }

    private function say(string $line): void
    {
        $this->clearTable();
        printf("%6.2f s  %s\n", microtime(true) - $this->started, $line);
    }

    private function summary(): void
    {
        $this->clearTable();
        $dropped = array_sum(array_map(static fn($health): int => $health->eventsDropped, $this->ami->health()));
        $this->say(sprintf(
            'seen: %d events from %d servers, %d dropped, %d gap(s); %d actions',
            array_sum($this->events),
            count($this->events),
            $dropped,
            $this->gaps,
            $this->actions,
        ));
    }
}

exit(new Demo()->run());
