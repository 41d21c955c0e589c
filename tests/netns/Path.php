<?php

/**
 * Tests a client and a server in separate network namespaces, with faults on the path between them. `tools/netns` makes the
 * namespaces and runs this:
 *
 *     php Path.php ADDRESS:PORT FAULT...    FAULT is a command that takes the name of a fault and `on` or `off`
 */

declare(strict_types=1);

namespace Apn\AmiClient\Tests\Netns;

use Apn\AmiClient\AmiClientManager;
use Apn\AmiClient\AmiEvent;
use Apn\AmiClient\ClientOptions;
use Apn\AmiClient\ConnectionState;
use Apn\AmiClient\DisconnectReason;
use Apn\AmiClient\Exception\AmiException;
use Apn\AmiClient\Exception\OutcomeUnknownException;
use Apn\AmiClient\Gap;
use Apn\AmiClient\GenericAction;
use Apn\AmiClient\ServerConfig;

final class Path
{
    /** The read timeout: a silent session ends after this time and not before. */
    private const float READ_TIMEOUT = 1.5;

    /** The delay that a loaded machine may add to any time. */
    private const float PATIENCE = 20.0;

    private readonly AmiClientManager $ami;
    private int $events = 0;
    private ?int $sequence = null;
    private int $holes = 0;
    private int $gaps = 0;

    /** @var list<DisconnectReason> */
    private array $ends = [];

    /** @param list<string> $fault */
    public function __construct(
        string $server,
        private readonly array $fault,
    ) {
        [$host, $port] = explode(':', $server) + ['', ''];
        $options = new ClientOptions(
            connectTimeout: 1.0,
            loginTimeout: 5.0,
            readTimeout: self::READ_TIMEOUT,
            heartbeatInterval: 0.3,
            reconnectMinDelay: 0.05,
            reconnectMaxDelay: 0.2,
            circuitFailureThreshold: 1_000,
        );
        $this->ami = new AmiClientManager([new ServerConfig('pbx', $host, (int) $port, 'admin', 's3cret')], $options);
        $this->ami->onEvent('*', function (AmiEvent $event): void {
            ++$this->events;
            if ($this->sequence !== null && $event->sequence !== ($this->sequence + 1)) {
                ++$this->holes;
            }
            $this->sequence = $event->sequence;
        });
        $this->ami->onGap(function (Gap $_): void {
            ++$this->gaps;
        });
        $this->ami->onStateChange(function (
            string $_,
            ConnectionState $_from,
            ConnectionState $to,
            ?DisconnectReason $reason,
        ): void {
            if ($to === ConnectionState::Disconnected && $reason !== null) {
                $this->ends[] = $reason;
            }
        });
    }

    /** @return int<0, 1> */
    public function run(): int
    {
        $failed = 0;
        foreach ([
            'answers that never arrive end the session in its time, and it comes back' => $this->answersAreLost(...),
            'a path that is gone is named, and it comes back with it' => $this->pathIsGone(...),
            'a server without its address is found out, and comes back with it' => $this->addressIsGone(...),
            'a killed server is noticed at once, and comes back when it is started' => $this->serverIsKilled(...),
            'delay and loss cost time and nothing else' => $this->pathIsBad(...),
        ] as $what => $scenario) {
            try {
                $this->untilReady();
                $said = $scenario();
                echo ($said === null ? 'ok' : "skipped ({$said})") . " {$what}\n";
            } catch (\RuntimeException $failure) {
                ++$failed;
                echo "FAILED {$what}: {$failure->getMessage()}\n";
                foreach (['answers', 'path', 'address', 'netem'] as $fault) {
                    $this->turn($fault, 'off');
                }
            }
        }
        $this->ami->terminate(0.5);

        return min($failed, 1);
    }

    private function answersAreLost(): ?string
    {
        $before = $this->gaps;
        $this->turn('answers', 'on');
        $began = microtime(true);
        $action = $this->ami->send(new GenericAction('Command', ['Command' => 'core show uptime']));
        $this->untilLost();
        $this->holds((microtime(true) - $began) >= (self::READ_TIMEOUT * 0.6), 'the session had its time');
        $this->holds($action->getException() instanceof OutcomeUnknownException, 'it may have run');
        $this->turn('answers', 'off');
        $this->untilReady();
        $this->until('a gap is told', fn(): bool => $this->gaps > $before);

        return null;
    }

    private function pathIsGone(): ?string
    {
        $this->turn('path', 'on');
        $this->untilLost();
        $this->until('connects fail too', fn(): bool => count($this->ends) >= 2);
        $this->turn('path', 'off');
        $this->untilReady();

        return null;
    }

    private function addressIsGone(): ?string
    {
        $this->turn('address', 'on');
        $this->untilLost();
        $this->turn('address', 'off');
        $this->untilReady();

        return null;
    }

    private function serverIsKilled(): ?string
    {
        $this->turn('server', 'on');
        $this->untilLost();
        $this->holds(($this->ends[0] ?? null) === DisconnectReason::PeerClosed, 'the peer closed');
        $this->until('connects are refused', fn(): bool => in_array(DisconnectReason::Refused, $this->ends, true));
        $this->turn('server', 'off');
        $this->untilReady();

        return null;
    }

    private function pathIsBad(): ?string
    {
        if (!$this->turn('netem', 'on')) {
            return 'this kernel has no netem';
        }
        $this->ends = [];
        $this->sequence = null;
        $this->holes = 0;
        $events = $this->events;
        for ($count = 0; $count < 20; ++$count) {
            $this->answers();
        }
        $this->until('events come', fn(): bool => $this->events > ($events + 50));
        $this->holds($this->holes === 0 && $this->ends === [], 'not one event is missing, not one session lost');
        $this->turn('netem', 'off');

        return null;
    }

    private function turn(string $fault, string $switch): bool
    {
        $this->ends = [];
        $command = implode(' ', array_map(escapeshellarg(...), [...$this->fault, $fault, $switch]));
        $lines = [];
        exec("{$command} 2>&1", $lines, $status);

        return $status === 0;
    }

    private function untilReady(): void
    {
        $this->ami->server('pbx')->open();
        $this->until('Ready', fn(): bool => $this->ami->server('pbx')->isReady());
        $this->answers();
    }

    private function untilLost(): void
    {
        $this->until('the session ends', fn(): bool => $this->ends !== []);
    }

    private function answers(): void
    {
        try {
            $this->ami->send(new GenericAction('Ping'), 'pbx')->await(self::PATIENCE);
        } catch (AmiException $failure) {
            throw new \RuntimeException("no answer: {$failure->getMessage()}", previous: $failure);
        }
    }

    /** @param \Closure(): bool $condition */
    private function until(string $what, \Closure $condition): void
    {
        $end = microtime(true) + self::PATIENCE;
        while (!$condition()) {
            $this->ami->tick(50);
            $this->holds(microtime(true) < $end, "not in time: {$what}");
        }
    }

    private function holds(bool $condition, string $what): void
    {
        if (!$condition) {
            $ends = implode(', ', array_map(static fn(DisconnectReason $end): string => $end->value, $this->ends));
            throw new \RuntimeException("{$what} (ends: {$ends})");
        }
    }
}

exit(new Path($argv[1], array_slice($argv, 2))->run());
