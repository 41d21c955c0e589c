<?php

declare(strict_types=1);

namespace Apn\AmiClient\Laravel\Cluster;

use Apn\AmiClient\AmiClientManager;
use Apn\AmiClient\ConnectionState;
use Apn\AmiClient\DisconnectReason;
use Apn\AmiClient\Laravel\Worker\Feed;
use Apn\AmiClient\Laravel\Worker\Output;
use Apn\AmiClient\Laravel\Worker\ServerPool;
use Apn\AmiClient\Laravel\Worker\Servers;
use Apn\AmiClient\Laravel\Worker\Sink;
use Apn\AmiClient\Laravel\Worker\Worker;
use RedisException;

/**
 * Holds servers by leases. In the cluster it takes its share of all of them, and gives and takes as workers come and go.
 * Otherwise it holds those it was told to.
 */
final class LeasedServers implements ServerPool
{
    private const float LOOK_SECONDS = 0.1;
    private const int LOOK_US = 100_000;

    private float $renewAt = 0.0;
    private float $lookAt = 0.0;
    private float $followAt;
    private bool $isDraining = false;
    private bool $isAway = false;

    /** @var array<string, string> servers whose holder has another address for them, and what was told of it */
    private array $otherAddress = [];

    public function __construct(
        private readonly string $id,
        private readonly bool $isShared,
        AmiClientManager $manager,
        private readonly Servers $servers,
        private readonly Leases $leases,
        private readonly HeldServers $held,
        private readonly Handovers $handovers,
        private readonly Inbox $inbox,
        private readonly RedisRecords $records,
        private readonly Sink $sink,
        private readonly Output $output,
        private readonly float $refreshSeconds,
    ) {
        $this->followAt = Worker::now() + $refreshSeconds;
        $manager->onStateChange($this->onState(...));
    }

    /**
     * Takes the servers it was told to, at the start.
     *
     * A worker that was killed leaves its leases, and its supervisor starts the next one at once: so what is held is looked
     * at for as long as a lease lasts. An owner that lives renews it meanwhile.
     *
     * @return array<string, string> the owners of those that are held by others
     */
    public function start(bool $force): array
    {
        if ($this->isShared) {
            return [];
        }
        $leases = $this->leases->read($this->servers->keys());
        $held = $force ? [] : self::held($leases);
        if ($held !== []) {
            $owners = implode(', ', array_unique(array_column($held, 'owner')));
            $this->output->note('info', "servers are held by $owners: checking whether it is alive");
        }
        $until = Worker::now() + $this->leases->seconds() + self::LOOK_SECONDS;
        while ($held !== [] && Worker::now() < $until) {
            usleep(self::LOOK_US);
            $leases = $this->leases->read($this->servers->keys());
            $now = self::held($leases);
            if (array_any(
                $now,
                static fn(Lease $lease, int|string $server): bool => (
                    !isset($held[$server])
                    || $lease->seen > $held[$server]->seen
                ),
            )) {
                break;
            }
            $held = $now;
        }
        foreach ($held === [] ? $leases : [] as $lease) {
            $this->acquire($lease, $force);
        }

        return array_map(static fn(Lease $lease): string => (string) $lease->owner, $held);
    }

    public function feeds(): array
    {
        return array_map(static fn(HeldServer $held): Feed => $held->feed, $this->held->all());
    }

    public function term(string $server): ?string
    {
        $held = $this->held->get($server);

        return $held === null ? null : (string) $held->fence;
    }

    public function expired(array $terms): array
    {
        $expired = [];
        foreach ($this->leases->fences(array_map(strval(...), array_keys($terms))) as $server => $fence) {
            foreach ($terms[$server] as $term) {
                if ((int) $term < $fence) {
                    $expired[] = "$server:$term";
                }
            }
        }

        return $expired;
    }

    public function turn(float $now): float
    {
        try {
            $this->renew($now);
            $this->follow($now);
            $this->look($now);
        } catch (RedisException $error) {
            if (!$this->isAway) {
                $this->output->note('error', "Redis is away: {$error->getMessage()}");
            }
            $this->isAway = true;
        }
        // After the renewal: a worker that stood still keeps what nobody took meanwhile.
        $this->loseExpired(Worker::now());
        $this->held->turn($now);

        return $now + ($this->leases->seconds() / 12);
    }

    public function drain(float $now): bool
    {
        $this->isDraining = true;

        return $this->held->isIdle() || !$this->isShared || array_diff(self::takers($this->records->members()), [
            $this->id,
        ]) === [];
    }

    public function finish(float $now): void
    {
        foreach ($this->held->closeAll() as $server) {
            $this->leases->release($server, $this->id);
        }
        $this->inbox->close();
    }

    private function onState(
        string $server,
        ConnectionState $from,
        ConnectionState $to,
        ?DisconnectReason $reason,
        string $detail,
    ): void {
        $this->handovers->onState($server, $to, $reason);
        if ($to === ConnectionState::Ready) {
            $this->held->onReady($server);
        }
    }

    /** A lease that could not be renewed in time may be another worker's by now. Nobody takes a server that is not shared. */
    private function loseExpired(float $now): void
    {
        foreach ($this->isShared ? $this->held->servers() : [] as $server) {
            if ($now >= $this->held->get($server)?->validUntil) {
                $this->held->lose($server, "its lease could not be renewed for {$this->leases->seconds()} s");
            }
        }
    }

    private function renew(float $now): void
    {
        if ($now < $this->renewAt) {
            return;
        }
        $this->renewAt = $now + ($this->leases->seconds() / 4);
        $before = Worker::now();
        $servers = $this->held->servers();
        $ours = $this->leases->renew($servers, $this->id);
        foreach ($servers as $server) {
            $held = $this->held->get($server);
            if ($held === null) {
                continue;
            }
            if (in_array($server, $ours, strict: true)) {
                $held->validUntil = $before + $this->leases->seconds();
            } else {
                $this->regain($server, $held, $before);
            }
        }
    }

    /** A lease ran out, or Redis has lost its memory. */
    private function regain(string $server, HeldServer $held, float $before): void
    {
        // What waits is of the old term: Redis takes it as long as nobody has begun another one.
        $this->sink->flush();
        $lease = $this->leases->acquire($server, $this->id, $this->servers->address($server));
        $validUntil = $before + $this->leases->seconds();
        if (!$lease->isHeld) {
            $this->held->lose($server, "{$lease->owner} holds it");
        } elseif ($lease->fence === $held->fence) {
            $held->validUntil = $validUntil;
        } elseif ($lease->before === null || $lease->before === $this->id) {
            // Nobody held it since: only its ids change.
            $held->feed->rename((string) $lease->fence);
            $held->fence = $lease->fence;
            $held->validUntil = $validUntil;
        } else {
            $this->held->lose($server, "{$lease->before} held it meanwhile");
            $this->held->open($server, $lease->fence, $validUntil, microtime(as_float: true), 'takeover');
        }
    }

    private function follow(float $now): void
    {
        if ($now < $this->followAt) {
            return;
        }
        $this->followAt = $now + $this->refreshSeconds;
        $changed = $this->servers->follow(function (string $server): void {
            if ($this->held->get($server) !== null) {
                $this->sink->flush();
                $this->held->close($server);
                $this->leases->release($server, $this->id);
            }
        });
        if ($changed !== []) {
            $this->lookAt = 0.0;
        }
    }

    private function look(float $now): void
    {
        if ($this->handovers->isRoomMade()) {
            $this->lookAt = 0.0;
        }
        if ($this->isDraining || $now < $this->lookAt) {
            return;
        }
        $this->lookAt = $now + ($this->leases->seconds() / 8);
        $leases = array_filter(
            $this->leases->read($this->servers->keys()),
            fn(Lease $lease): bool => !$this->isElsewhere($lease),
        );
        $this->isAway = false;
        $members = $this->records->members();
        foreach ($this->isShared ? $this->share($leases, $members) : array_keys($leases) as $server) {
            $lease = $leases[$server];
            if ($this->held->get($lease->server) !== null) {
                continue;
            }
            if (!$lease->isHeld || $lease->owner === $this->id && !$this->handovers->isComing($lease->server)) {
                $this->acquire($lease, force: false);
            } elseif ($this->isShared && isset($members[(string) $lease->owner])) {
                $this->handovers->request($lease->server, (string) $lease->owner, $now);
            }
        }
    }

    /** Another application with the same prefix may have a server of the same key: it must not be taken for this one. */
    private function isElsewhere(Lease $lease): bool
    {
        $address = $this->servers->address($lease->server);
        if (!$lease->isHeld || $lease->address === '' || $lease->address === $address) {
            unset($this->otherAddress[$lease->server]);

            return false;
        }
        $message = "{$lease->server} is at $address here, and {$lease->owner} holds it at {$lease->address}: where that is another application, give each its own AMI_PREFIX";
        if (($this->otherAddress[$lease->server] ?? '') !== $message) {
            $this->otherAddress[$lease->server] = $message;
            $this->output->note('error', $message);
        }

        return true;
    }

    /**
     * @param array<string, Lease> $leases
     * @param array<string, array{mode: string, draining: bool}> $workers
     *
     * @return list<string> the servers that this worker should hold
     */
    private function share(array $leases, array $workers): array
    {
        $owners = [];
        foreach ($leases as $server => $lease) {
            $owner = $lease->isHeld ? (string) $lease->owner : null;
            // A worker that was told to hold it by name shares it with nobody.
            if ($owner === null || ($workers[$owner]['mode'] ?? 'cluster') === 'cluster') {
                $owners[$server] = $owner;
            }
        }
        $plan = Assignment::plan(
            array_map(strval(...), array_keys($owners)),
            array_values(array_unique([$this->id, ...self::takers($workers)])),
            $owners,
        );

        return array_map(strval(...), array_keys($plan, $this->id, true));
    }

    /**
     * @param array<string, Lease> $leases
     *
     * @return array<string, Lease>
     */
    private static function held(array $leases): array
    {
        return array_filter($leases, static fn(Lease $lease): bool => $lease->isHeld);
    }

    /**
     * @param array<string, array{mode: string, draining: bool}> $workers
     *
     * @return list<string> those that take servers
     */
    private static function takers(array $workers): array
    {
        return array_keys(array_filter(
            $workers,
            static fn(array $w): bool => $w['mode'] === 'cluster' && !$w['draining'],
        ));
    }

    private function acquire(Lease $last, bool $force): void
    {
        $before = Worker::now();
        $lease = $this->leases->acquire($last->server, $this->id, $this->servers->address($last->server), $force);
        if (!$lease->isHeld) {
            return;
        }
        $validUntil = $before + $this->leases->seconds();
        $gapFrom = $last->fence === 0 ? null : $last->seen;
        $feed = $this->handovers->abandon($last->server);
        if ($feed === null) {
            $this->held->open($last->server, $lease->fence, $validUntil, $gapFrom, 'takeover');
        } else {
            $this->held->adopt($last->server, $feed, $lease->fence, $validUntil);
            $this->handovers->inherit($feed, $last, $lease->fence, $gapFrom ?? 0.0);
        }
        if ($last->fence > 0) {
            $this->output->note('info', "{$last->server} is taken over, last held by {$last->owner}");
        }
    }
}
