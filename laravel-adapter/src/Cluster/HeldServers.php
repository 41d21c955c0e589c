<?php

declare(strict_types=1);

namespace Apn\AmiClient\Laravel\Cluster;

use Apn\AmiClient\Laravel\Events\AmiGap;
use Apn\AmiClient\Laravel\Worker\Worker;
use Apn\AmiClient\Laravel\Worker\WorkerParts;

/** The servers that this worker holds, with their sessions. */
final class HeldServers
{
    /** Seconds that a session given away stays open for the actions on it. */
    private const float LINGER_SECONDS = 10.0;

    /** @var array<string, LeasedFeed> */
    private array $held = [];

    /** @var array<string, array{LeasedFeed, float}> given away, with actions on their way, and until when they may take */
    private array $lingering = [];

    public function __construct(
        private readonly WorkerParts $worker,
    ) {}

    /** @return array<string, LeasedFeed> */
    public function all(): array
    {
        return $this->held;
    }

    /** @return list<string> strings also where the keys are numbers, which PHP makes integers of */
    public function servers(): array
    {
        return array_map(strval(...), array_keys($this->held));
    }

    public function get(string $server): ?LeasedFeed
    {
        return $this->held[$server] ?? null;
    }

    /** A session of the server, which is not held yet. */
    public function feed(string $server): LeasedFeed
    {
        unset($this->lingering[$server]);

        return new LeasedFeed($this->worker, $server, '');
    }

    /** @param ?float $gapFrom Unix time from which on events may be missing; null where none are */
    public function open(string $server, int $fence, float $validUntil, ?float $gapFrom, string $gapCause): void
    {
        $feed = $this->feed($server);
        $this->adopt($server, $feed, $fence, $validUntil);
        $feed->gap = $gapFrom === null ? null : [$gapFrom, $gapCause];
        $feed->open();
        if ($feed->isReady()) {
            $this->onReady($server);
        }
    }

    /** Takes a session that is there already. */
    public function adopt(string $server, LeasedFeed $feed, int $fence, float $validUntil): void
    {
        $feed->lease($fence, $validUntil);
        $this->held[$server] = $feed;
    }

    /** Tells the gap that the change of hands left, before the first event after it. */
    public function onReady(string $server): void
    {
        [$from, $cause] = $this->held[$server]->gap ?? [null, ''];
        if ($from !== null) {
            $this->held[$server]->gap = null;
            $this->tellGap($server, $from, $cause);
        }
    }

    public function tellGap(string $server, float $from, string $cause): void
    {
        $this->worker->output->note('warning', "events of $server may be missing ($cause)");
        $gap = new AmiGap($server, $from, microtime(as_float: true), $cause);
        $this->worker->sink->gap($gap, $this->held[$server]->term);
    }

    /** Another worker may have the server: its session ends at once. */
    public function lose(string $server, string $why): void
    {
        $this->worker->output->note('warning', "$server is lost: $why");
        $this->held[$server]->close(0.0);
        unset($this->held[$server]);
    }

    /** Logs off from the server. */
    public function close(string $server): void
    {
        $this->held[$server]->close();
        unset($this->held[$server]);
    }

    /**
     * Logs off from all servers at once: one that hangs holds up no other.
     *
     * @return list<string> those that were held
     */
    public function closeAll(): array
    {
        foreach ($this->held as $feed) {
            $feed->cut();
        }
        $isFlushed = $this->worker->sink->flush();
        $this->worker->manager->terminate($this->worker->settings->number('listen.grace'));
        if ($isFlushed) {
            // Gaps that stood in the queues.
            $this->worker->sink->flush();
        }
        $servers = $this->servers();
        $this->held = $this->lingering = [];

        return $servers;
    }

    /** The server was handed over: its session ends with the last action on it. */
    public function linger(string $server): void
    {
        $this->lingering[$server] = [$this->held[$server], Worker::now() + self::LINGER_SECONDS];
        unset($this->held[$server]);
    }

    public function turn(float $now): void
    {
        foreach ($this->lingering as $server => [$feed, $until]) {
            if ($feed->client->health()->pendingActions === 0 || $now >= $until) {
                $feed->close();
                unset($this->lingering[$server]);
            }
        }
    }

    public function isIdle(): bool
    {
        return $this->held === [] && $this->lingering === [];
    }
}
