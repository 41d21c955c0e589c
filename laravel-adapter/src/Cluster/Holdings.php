<?php

declare(strict_types=1);

namespace Apn\AmiClient\Laravel\Cluster;

use Apn\AmiClient\AmiClientManager;
use Apn\AmiClient\Laravel\Events\AmiGap;
use Apn\AmiClient\Laravel\Routing\Route;
use Apn\AmiClient\Laravel\Worker\Feed;
use Apn\AmiClient\Laravel\Worker\Output;
use Apn\AmiClient\Laravel\Worker\Sink;
use Apn\AmiClient\Laravel\Worker\Tally;

/** The servers that this worker holds, with their sessions. */
final class Holdings
{
    /** Seconds that a session given away stays open for the actions on it. */
    private const float LINGER_SECONDS = 10.0;

    /** @var array<string, Holding> */
    private array $holdings = [];

    /** @var array<string, array{feed: Feed, until: float}> given away, with actions on their way */
    private array $lingering = [];

    /** @param list<Route> $routes */
    public function __construct(
        private readonly AmiClientManager $manager,
        private readonly array $routes,
        private readonly Tally $tally,
        private readonly Sink $sink,
        private readonly Output $output,
        private readonly float $grace,
    ) {}

    /** @return array<string, Holding> */
    public function all(): array
    {
        return $this->holdings;
    }

    /** @return list<string> strings also where the keys are numbers, which PHP makes integers of */
    public function servers(): array
    {
        return array_map(strval(...), array_keys($this->holdings));
    }

    public function get(string $server): ?Holding
    {
        return $this->holdings[$server] ?? null;
    }

    /** A session of the server whose events are held. */
    public function heldFeed(string $server): Feed
    {
        unset($this->lingering[$server]);
        $feed = new Feed($this->manager->server($server), $this->routes, $this->tally, '');
        $feed->hold();

        return $feed;
    }

    /** @param ?float $gapFrom Unix time from which on events may be missing */
    public function open(string $server, int $fence, float $validUntil, ?float $gapFrom, string $gapCause): void
    {
        unset($this->lingering[$server]);
        $feed = new Feed($this->manager->server($server), $this->routes, $this->tally, (string) $fence);
        $this->holdings[$server] = new Holding($feed, $fence, $validUntil, $gapFrom, $gapCause);
        $feed->open();
        if ($feed->isReady()) {
            $this->onReady($server);
        }
    }

    /** Takes a session that is there already; its events stay held until it is released. */
    public function adopt(string $server, Feed $feed, int $fence, float $validUntil): void
    {
        $this->holdings[$server] = new Holding($feed, $fence, $validUntil);
    }

    /** Tells the gap that the change of hands left, before the first event after it. */
    public function onReady(string $server): void
    {
        $holding = $this->holdings[$server] ?? null;
        if ($holding?->gapFrom !== null) {
            $this->tellGap($server, $holding->gapFrom, $holding->gapCause);
            $holding->gapFrom = null;
        }
    }

    public function tellGap(string $server, float $from, string $cause): void
    {
        $holding = $this->holdings[$server] ?? null;
        if ($holding !== null) {
            $this->output->note('warning', "events of $server may be missing ($cause)");
            $this->sink->gap(new AmiGap($server, $from, microtime(as_float: true), $cause), (string) $holding->fence);
        }
    }

    /** The server is somebody else's: its session ends at once. */
    public function lose(string $server, string $why): void
    {
        $this->output->note('warning', "$server is lost: $why");
        $this->holdings[$server]->feed->close(0.0);
        unset($this->holdings[$server]);
    }

    /** Says goodbye to the server. */
    public function close(string $server): void
    {
        $this->holdings[$server]->feed->close($this->grace);
        unset($this->holdings[$server]);
    }

    /**
     * Says goodbye to all servers at once: one that hangs holds up no other.
     *
     * @return list<string> those that were held
     */
    public function closeAll(): array
    {
        foreach ($this->holdings as $holding) {
            $holding->feed->cut();
        }
        $isFlushed = $this->sink->flush();
        $this->manager->terminate($this->grace);
        if ($isFlushed) {
            // Gaps that stood in the queues.
            $this->sink->flush();
        }
        $servers = $this->servers();
        $this->holdings = $this->lingering = [];

        return $servers;
    }

    /** The server was handed over: its session ends with the last action on it. */
    public function linger(string $server, float $now): void
    {
        $this->lingering[$server] = ['feed' => $this->holdings[$server]->feed, 'until' => $now + self::LINGER_SECONDS];
        unset($this->holdings[$server]);
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
        return $this->holdings === [] && $this->lingering === [];
    }
}
