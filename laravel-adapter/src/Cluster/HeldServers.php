<?php

declare(strict_types=1);

namespace Apn\AmiClient\Laravel\Cluster;

use Apn\AmiClient\AmiClientManager;
use Apn\AmiClient\Laravel\Events\AmiGap;
use Apn\AmiClient\Laravel\Routing\Route;
use Apn\AmiClient\Laravel\Worker\Output;
use Apn\AmiClient\Laravel\Worker\Sink;
use Apn\AmiClient\Laravel\Worker\Statistics;

/** The servers that this worker holds, with their sessions. */
final class HeldServers
{
    /** Seconds that a session given away stays open for the actions on it. */
    private const float LINGER_SECONDS = 10.0;

    /** @var array<string, HeldServer> */
    private array $held = [];

    /** @var array<string, array{feed: LeasedFeed, until: float}> given away, with actions on their way */
    private array $lingering = [];

    /** @param list<Route> $routes */
    public function __construct(
        private readonly AmiClientManager $manager,
        private readonly array $routes,
        private readonly Statistics $statistics,
        private readonly Sink $sink,
        private readonly Output $output,
        private readonly float $grace,
    ) {}

    /** @return array<string, HeldServer> */
    public function all(): array
    {
        return $this->held;
    }

    /** @return list<string> strings also where the keys are numbers, which PHP makes integers of */
    public function servers(): array
    {
        return array_map(strval(...), array_keys($this->held));
    }

    public function get(string $server): ?HeldServer
    {
        return $this->held[$server] ?? null;
    }

    /** A session of the server whose events are kept back. */
    public function successorFeed(string $server): LeasedFeed
    {
        $feed = $this->feed($server, '');
        $feed->hold();

        return $feed;
    }

    /** @param ?float $gapFrom Unix time from which on events may be missing */
    public function open(string $server, int $fence, float $validUntil, ?float $gapFrom, string $gapCause): void
    {
        $feed = $this->feed($server, (string) $fence);
        $this->held[$server] = new HeldServer($feed, $fence, $validUntil, $gapFrom, $gapCause);
        $feed->open();
        if ($feed->isReady()) {
            $this->onReady($server);
        }
    }

    /** Takes a session that is there already; its events are kept back until it is released. */
    public function adopt(string $server, LeasedFeed $feed, int $fence, float $validUntil): void
    {
        $this->held[$server] = new HeldServer($feed, $fence, $validUntil);
    }

    /** Tells the gap that the change of hands left, before the first event after it. */
    public function onReady(string $server): void
    {
        $held = $this->held[$server] ?? null;
        if ($held !== null && $held->gapFrom !== null) {
            $this->tellGap($server, $held->gapFrom, $held->gapCause);
            $held->gapFrom = null;
        }
    }

    public function tellGap(string $server, float $from, string $cause): void
    {
        $held = $this->held[$server] ?? null;
        if ($held !== null) {
            $this->output->note('warning', "events of $server may be missing ($cause)");
            $this->sink->gap(new AmiGap($server, $from, microtime(as_float: true), $cause), (string) $held->fence);
        }
    }

    /** Another worker may hold the server: its session ends at once. */
    public function lose(string $server, string $why): void
    {
        $this->output->note('warning', "$server is lost: $why");
        $this->held[$server]->feed->close(0.0);
        unset($this->held[$server]);
    }

    /** Logs off from the server. */
    public function close(string $server): void
    {
        $this->held[$server]->feed->close($this->grace);
        unset($this->held[$server]);
    }

    /**
     * Logs off from all servers at once: one that hangs holds up no other.
     *
     * @return list<string> those that were held
     */
    public function closeAll(): array
    {
        foreach ($this->held as $held) {
            $held->feed->cut();
        }
        $isFlushed = $this->sink->flush();
        $this->manager->terminate($this->grace);
        if ($isFlushed) {
            // Gaps that stood in the queues.
            $this->sink->flush();
        }
        $servers = $this->servers();
        $this->held = $this->lingering = [];

        return $servers;
    }

    /** The server was handed over: its session ends with the last action on it. */
    public function linger(string $server, float $now): void
    {
        $this->lingering[$server] = ['feed' => $this->held[$server]->feed, 'until' => $now + self::LINGER_SECONDS];
        unset($this->held[$server]);
    }

    public function turn(float $now): void
    {
        foreach ($this->lingering as $server => ['feed' => $feed, 'until' => $until]) {
            if ($feed->client->health()->pendingActions === 0 || $now >= $until) {
                $feed->close($this->grace);
                unset($this->lingering[$server]);
            }
        }
    }

    public function isIdle(): bool
    {
        return $this->held === [] && $this->lingering === [];
    }

    private function feed(string $server, string $term): LeasedFeed
    {
        unset($this->lingering[$server]);

        return new LeasedFeed($this->manager->server($server), $this->routes, $this->statistics, $term);
    }
}
