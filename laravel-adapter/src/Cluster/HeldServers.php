<?php

declare(strict_types=1);

namespace Apn\AmiClient\Laravel\Cluster;

use Apn\AmiClient\ConnectionState;
use Apn\AmiClient\Laravel\Events\AmiGap;
use Apn\AmiClient\Laravel\Worker\Worker;

/** The servers that this worker holds, with their sessions. */
final class HeldServers
{
    /** Seconds that a session given away stays open for the actions on it. */
    private const float LINGER_SECONDS = 10.0;

    /** @var array<string, LeasedFeed> */
    public private(set) array $all = [];

    /** @var array<string, array{LeasedFeed, float}> given away, with actions on their way, and until when they may take */
    private array $lingering = [];

    public function __construct(
        private readonly Worker $worker,
    ) {
        $worker->manager->onStateChange(function (string $server, ConnectionState $from, ConnectionState $to): void {
            if ($to === ConnectionState::Ready) {
                $this->onReady($server);
            }
        });
    }

    /** @return list<string> strings also where the keys are numbers, which PHP makes integers of */
    public function servers(): array
    {
        return array_map(strval(...), array_keys($this->all));
    }

    public function get(string $server): ?LeasedFeed
    {
        return $this->all[$server] ?? null;
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
        if ($feed->client->isReady()) {
            $this->onReady($server);
        }
    }

    /** Takes a session that is there already. */
    public function adopt(string $server, LeasedFeed $feed, int $fence, float $validUntil): void
    {
        $feed->lease($fence, $validUntil);
        $this->all[$server] = $feed;
    }

    /** Tells the gap that the change of hands left, before the first event after it. */
    private function onReady(string $server): void
    {
        [$from, $cause] = $this->all[$server]->gap ?? [null, ''];
        if ($from !== null) {
            $this->all[$server]->gap = null;
            $this->tellGap($server, $from, $cause);
        }
    }

    public function tellGap(string $server, float $from, string $cause): void
    {
        $this->worker->output->note('warning', "events of $server may be missing ($cause)");
        $gap = new AmiGap($server, $from, microtime(as_float: true), $cause);
        $this->worker->tellGap($gap, $this->all[$server]->term);
    }

    /** Another worker may have the server: its session ends at once. */
    public function lose(string $server, string $why): void
    {
        $this->worker->output->note('warning', "$server is lost: $why");
        $this->close($server, 0.0);
    }

    public function close(string $server, ?float $grace = null): void
    {
        $this->all[$server]->close($grace);
        unset($this->all[$server]);
    }

    /**
     * Logs off from all servers at once: one that hangs holds up no other.
     *
     * @return list<string> those that were held
     */
    public function closeAll(): array
    {
        foreach ($this->all as $feed) {
            $feed->cut();
        }
        $isFlushed = $this->worker->flush();
        $this->worker->manager->terminate($this->worker->settings->number('listen.grace'));
        if ($isFlushed) {
            // Gaps that stood in the queues.
            $this->worker->flush();
        }
        $servers = $this->servers();
        $this->all = $this->lingering = [];

        return $servers;
    }

    /** The server was handed over: its session ends with the last action on it. */
    public function linger(string $server): void
    {
        $this->lingering[$server] = [$this->all[$server], Worker::now() + self::LINGER_SECONDS];
        unset($this->all[$server]);
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
        return $this->all === [] && $this->lingering === [];
    }
}
