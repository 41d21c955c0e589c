<?php

declare(strict_types=1);

namespace Apn\AmiClient\Laravel\Cluster;

use Apn\AmiClient\AmiClientManager;
use Apn\AmiClient\ConnectionState;
use Apn\AmiClient\DisconnectReason;
use Apn\AmiClient\Laravel\Records\Records;
use Apn\AmiClient\Laravel\Worker\Feed;
use Apn\AmiClient\Laravel\Worker\Heartbeat;
use Apn\AmiClient\Laravel\Worker\Holder;
use Apn\AmiClient\Laravel\Worker\Output;
use Apn\AmiClient\Laravel\Worker\Servers;
use Apn\AmiClient\Laravel\Worker\Sink;
use Apn\AmiClient\Laravel\Worker\Worker;
use RedisException;

/**
 * Holds servers by leases. In the cluster it takes its share of all of them, and gives and takes as workers come and go;
 * else it holds those it was told to.
 */
final class Agent implements Holder
{
    private const float LOOK_SECONDS = 0.1;

    private float $renewAt = 0.0;
    private float $lookAt = 0.0;
    private float $followAt;
    private bool $isDraining = false;
    private bool $isAway = false;
    private ?Heartbeat $heartbeat = null;

    public function __construct(
        private readonly string $id,
        private readonly bool $isShared,
        AmiClientManager $manager,
        private readonly Servers $servers,
        private readonly Leases $leases,
        private readonly Holdings $holdings,
        private readonly Handovers $handovers,
        private readonly Post $post,
        private readonly Records $records,
        private readonly Sink $sink,
        private readonly Output $output,
        private readonly float $refreshSeconds,
    ) {
        $this->followAt = Worker::now() + $refreshSeconds;
        $manager->onStateChange($this->onState(...));
    }

    public function attach(Heartbeat $heartbeat): void
    {
        $this->heartbeat = $heartbeat;
    }

    /**
     * Takes the servers it was told to, at the start.
     *
     * A worker that was killed leaves its leases, and its supervisor starts the next one at once: so what is held is looked
     * at for as long as a lease lasts. An owner that lives renews it meanwhile.
     *
     * @return array<string, string> the owners of those that are held by others
     */
    public function take(bool $force): array
    {
        $leases = $this->leases->read($this->servers->keys());
        $held = $force ? [] : self::held($leases);
        if ($held !== []) {
            $owners = implode(', ', array_unique(array_column($held, 'owner')));
            $this->output->note('info', "servers are held by $owners: looking whether it lives");
        }
        $until = Worker::now() + $this->leases->seconds() + self::LOOK_SECONDS;
        while ($held !== [] && Worker::now() < $until) {
            usleep((int) (self::LOOK_SECONDS * 1e6));
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
        return array_map(static fn(Holding $holding): Feed => $holding->feed, $this->holdings->all());
    }

    public function term(string $server): ?string
    {
        $holding = $this->holdings->get($server);

        return $holding === null ? null : (string) $holding->fence;
    }

    public function turn(float $now): float
    {
        $this->loseExpired($now);
        try {
            $this->renew($now);
            $this->follow($now);
            $this->look($now);
            $this->handovers->turn($now);
        } catch (RedisException $error) {
            if (!$this->isAway) {
                $this->output->note('error', "Redis is away: {$error->getMessage()}");
            }
            $this->isAway = true;
        }
        $this->holdings->turn($now);

        return $now + ($this->leases->seconds() / 12);
    }

    public function drain(float $now): bool
    {
        if (!$this->isDraining) {
            $this->isDraining = true;
            if ($this->heartbeat !== null) {
                $this->heartbeat->isDraining = true;
                $this->heartbeat->beat($now);
            }
        }

        return $this->holdings->isIdle() || !$this->isShared || $this->heirs() === [];
    }

    public function finish(float $now): void
    {
        $this->handovers->abort();
        foreach ($this->holdings->closeAll() as $server) {
            $this->leases->release($server, $this->id);
        }
        $this->post->close();
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
            $this->holdings->onReady($server);
        }
    }

    /** A lease that could not be renewed in time may be another worker's by now. Nobody takes a server that is not shared. */
    private function loseExpired(float $now): void
    {
        foreach ($this->isShared ? $this->holdings->servers() : [] as $server) {
            if ($now >= $this->holdings->get($server)?->validUntil) {
                $this->holdings->lose($server, "its lease could not be renewed for {$this->leases->seconds()} s");
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
        $servers = $this->holdings->servers();
        $ours = $this->leases->renew($servers, $this->id);
        foreach ($servers as $server) {
            $holding = $this->holdings->get($server);
            if ($holding === null) {
                continue;
            }
            $lease = in_array($server, $ours, strict: true) ? null : $this->leases->acquire($server, $this->id);
            if ($lease === null || $lease->isHeld && $lease->fence === $holding->fence) {
                $holding->validUntil = $before + $this->leases->seconds();
            } else {
                $this->holdings->lose(
                    $server,
                    $lease->isHeld ? 'another worker held it meanwhile' : "{$lease->owner} holds it",
                );
            }
        }
    }

    private function follow(float $now): void
    {
        if ($now < $this->followAt) {
            return;
        }
        $this->followAt = $now + $this->refreshSeconds;
        $changed = $this->servers->follow(function (string $server): void {
            if ($this->holdings->get($server) !== null) {
                $this->sink->flush();
                $this->holdings->close($server);
                $this->leases->release($server, $this->id);
            }
        });
        if ($changed !== []) {
            $this->lookAt = 0.0;
        }
    }

    private function look(float $now): void
    {
        if ($this->isDraining || $now < $this->lookAt) {
            return;
        }
        $this->lookAt = $now + ($this->leases->seconds() / 8);
        $leases = $this->leases->read($this->servers->keys());
        $this->isAway = false;
        foreach ($this->isShared ? $this->share($leases) : $this->servers->keys() as $server) {
            $lease = $leases[$server];
            if ($this->holdings->get($server) !== null) {
                continue;
            }
            if (!$lease->isHeld) {
                $this->acquire($lease, force: false);
            } elseif (
                $this->isShared
                && $lease->owner !== $this->id
                && isset($this->records->workers()[$lease->owner])
            ) {
                $this->handovers->request($server, (string) $lease->owner, $now);
            }
        }
    }

    /**
     * @param array<string, Lease> $leases
     *
     * @return list<string> the servers that this worker should hold
     */
    private function share(array $leases): array
    {
        $workers = $this->records->workers();
        $members = [
            $this->id,
            ...array_keys(array_filter(
                $workers,
                static fn(array $w): bool => $w['mode'] === 'cluster' && !$w['draining'],
            )),
        ];
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
            array_values(array_unique($members)),
            $owners,
        );

        return array_map(strval(...), array_keys($plan, $this->id, strict: true));
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

    /** @return list<string> workers that may take what this one gives */
    private function heirs(): array
    {
        $workers = $this->records->workers();
        unset($workers[$this->id]);

        return array_keys(array_filter(
            $workers,
            static fn(array $w): bool => $w['mode'] === 'cluster' && !$w['draining'],
        ));
    }

    private function acquire(Lease $last, bool $force): void
    {
        $before = Worker::now();
        $lease = $this->leases->acquire($last->server, $this->id, $force);
        if (!$lease->isHeld) {
            return;
        }
        $validUntil = $before + $this->leases->seconds();
        $gapFrom = $last->fence === 0 ? null : ($last->written ?: $last->seen);
        $feed = $this->handovers->abandon($last->server);
        if ($feed === null) {
            $this->holdings->open($last->server, $lease->fence, $validUntil, $gapFrom, 'takeover');
        } else {
            $this->holdings->adopt($last->server, $feed, $lease->fence, $validUntil);
            $this->handovers->inherit($feed, $last, $lease->fence, $gapFrom ?? 0.0);
        }
        if ($last->fence > 0) {
            $this->output->note('info', "{$last->server} is taken over, last held by {$last->owner}");
        }
    }
}
