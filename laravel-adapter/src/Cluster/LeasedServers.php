<?php

declare(strict_types=1);

namespace Apn\AmiClient\Laravel\Cluster;

use Apn\AmiClient\Laravel\Cluster\Remote\ActionQueue;
use Apn\AmiClient\Laravel\Cluster\Remote\Intake;
use Apn\AmiClient\Laravel\Records\Records;
use Apn\AmiClient\Laravel\Worker\ServerHeldException;
use Apn\AmiClient\Laravel\Worker\ServerPool;
use Apn\AmiClient\Laravel\Worker\Worker;
use RedisException;

/**
 * Holds servers by leases. In the cluster it takes its share of all of them, and gives and takes as workers come and go.
 * Otherwise it holds those it was told to.
 */
final class LeasedServers implements ServerPool
{
    private const int LOOK_US = 100_000;

    private float $renewAt = 0.0;
    private float $triedAt = 0.0;
    private float $lookAt = 0.0;
    private float $followAt;
    /** How many servers were held after the last look. */
    private int $heldCount = 0;
    private bool $isDraining = false;
    private bool $isAway = false;

    private readonly HeldServers $held;
    private readonly Handovers $handovers;
    /** Shares its servers with the other workers. */
    private readonly bool $isShared;

    /** @var array<string, string> servers whose holder has another address for them, and what was told of it */
    private array $otherAddress = [];

    public function __construct(
        private readonly Worker $worker,
        private readonly Leases $leases,
        private readonly Records $records,
        Store $store,
    ) {
        // Redis is to answer before anything is taken.
        $store->reach();
        $this->held = new HeldServers($worker);
        $this->handovers = new Handovers($worker, $this->held, $leases, $store);
        $worker->add(new Intake($worker, new ActionQueue($store), $this->held, $this->handovers));
        $this->isShared = $worker->request->isShared;
        $this->followAt = Worker::now() + $worker->settings->number('listen.refresh', min: 0.1);
    }

    /**
     * A worker that was killed leaves its leases, and its supervisor starts the next one at once: so what is held is looked
     * at for as long as a lease lasts. An owner that lives renews it meanwhile.
     */
    public function start(): void
    {
        if ($this->isShared) {
            return;
        }
        $isForced = $this->worker->request->isForced;
        $until = Worker::now() + $this->leases->seconds() + (self::LOOK_US / 1e6);
        $seen = null;
        while (true) {
            $leases = $this->leases->read($this->worker->servers->keys());
            $held = array_filter($leases, static fn(Lease $lease): bool => $lease->isHeld && !$isForced);
            if ($held === []) {
                break;
            }
            $owners = array_map(static fn(Lease $lease): string => (string) $lease->owner, $held);
            $isAlive = $seen !== null && max(array_column($held, 'seen')) > $seen;
            if ($isAlive || Worker::now() >= $until) {
                throw new ServerHeldException($owners);
            }
            if ($seen === null) {
                $names = implode(', ', array_unique($owners));
                $this->worker->output->note('info', "servers are held by $names: checking whether it is alive");
            }
            $seen ??= max(array_column($held, 'seen'));
            usleep(self::LOOK_US);
        }
        foreach ($leases as $lease) {
            $this->acquire($lease, $isForced);
        }
    }

    public function feeds(): array
    {
        return $this->held->all;
    }

    public function fences(array $servers): array
    {
        return $this->leases->fences($servers);
    }

    public function turn(float $now): float
    {
        $this->ask(function () use ($now): void {
            $this->renew($now);
            $this->follow($now);
            $this->look($now);
            $this->handovers->turn($now);
        });
        $this->loseExpired();
        $this->held->turn($now);

        return $now + ($this->leases->seconds() / 12);
    }

    public function drain(float $now): bool
    {
        $this->isDraining = true;

        return !$this->isShared || $this->held->isIdle() || array_diff(self::takers($this->records->members()), [
            $this->worker->id,
        ]) === [];
    }

    public function finish(float $now): void
    {
        $this->ask($this->handovers->finish(...));
        foreach ($this->held->closeAll() as $server) {
            $this->leases->release($server, $this->worker->id);
        }
    }

    /** @param \Closure(): void $questions */
    private function ask(\Closure $questions): void
    {
        try {
            $questions();
        } catch (RedisException $error) {
            if (!$this->isAway) {
                $this->worker->output->note('error', "Redis is away: {$error->getMessage()}");
            }
            $this->isAway = true;
        }
    }

    /**
     * A lease that could not be renewed in time may be another worker's by now. A worker that stood still asks first: it keeps what
     * nobody took meanwhile. Nobody takes a server that is not shared.
     */
    private function loseExpired(): void
    {
        $expired = $this->isShared ? $this->expired(Worker::now()) : [];
        if ($expired === []) {
            return;
        }
        if ($this->triedAt < max(array_map(static fn(LeasedFeed $feed): float => $feed->validUntil, $expired))) {
            $this->renewAt = 0.0;
            $this->ask(fn() => $this->renew(Worker::now()));
        }
        foreach (array_keys($this->expired(Worker::now())) as $server) {
            $why = "its lease could not be renewed for {$this->leases->seconds()} s";
            $this->held->lose((string) $server, $why);
        }
    }

    /** @return array<string, LeasedFeed> */
    private function expired(float $now): array
    {
        return array_filter($this->held->all, static fn(LeasedFeed $feed): bool => $now >= $feed->validUntil);
    }

    private function renew(float $now): void
    {
        if ($now < $this->renewAt) {
            return;
        }
        $this->triedAt = Worker::now();
        $this->renewAt = $now + ($this->leases->seconds() / 4);
        $validUntil = Worker::now() + $this->leases->seconds();
        $ours = $this->leases->renew($this->held->servers(), $this->worker->id);
        foreach ($this->held->all as $server => $feed) {
            if (in_array((string) $server, $ours, strict: true)) {
                $feed->validUntil = $validUntil;
            } else {
                $this->regain((string) $server, $feed, $validUntil);
            }
        }
    }

    /** A lease ran out, or Redis has lost its memory. */
    private function regain(string $server, LeasedFeed $feed, float $validUntil): void
    {
        // What waits is of the old term: Redis takes it as long as nobody has begun another one.
        $this->worker->flush();
        $lease = $this->leases->acquire($server, $this->worker->id, $this->worker->servers->address($server));
        if (!$lease->isHeld) {
            $this->held->lose($server, "{$lease->owner} holds it");
        } elseif ($lease->before === null || $lease->before === $this->worker->id) {
            // Nobody held it since: at most its ids change.
            $feed->lease($lease->fence, $validUntil);
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
        $this->followAt = $now + $this->worker->settings->number('listen.refresh', min: 0.1);
        $changed = $this->worker->servers->follow(function (string $server): void {
            if ($this->held->get($server) !== null) {
                $this->worker->flush();
                $this->held->close($server);
                $this->leases->release($server, $this->worker->id);
            }
        });
        if ($changed !== []) {
            $this->lookAt = 0.0;
        }
    }

    private function look(float $now): void
    {
        // A handover that has ended makes room for the next.
        $isChanged = count($this->held->all) !== $this->heldCount;
        if ($this->isDraining || !$isChanged && $now < $this->lookAt) {
            return;
        }
        $this->lookAt = $now + ($this->leases->seconds() / 8);
        $leases = array_filter(
            $this->leases->read($this->worker->servers->keys()),
            fn(Lease $lease): bool => !$this->isElsewhere($lease),
        );
        $this->isAway = false;
        $members = $this->records->members();
        foreach ($this->isShared ? $this->share($leases, $members) : array_keys($leases) as $server) {
            $lease = $leases[$server];
            if ($this->held->get($lease->server) !== null) {
                continue;
            }
            $isOurs = $lease->owner === $this->worker->id && !$this->handovers->isComing($lease->server);
            if (!$lease->isHeld || $isOurs) {
                $this->acquire($lease, force: false);
            } elseif ($this->isShared && isset($members[(string) $lease->owner])) {
                $this->handovers->request($lease->server, (string) $lease->owner, $now);
            }
        }
        $this->heldCount = count($this->held->all);
    }

    /** Another application with the same prefix may have a server of the same key: it must not be taken for this one. */
    private function isElsewhere(Lease $lease): bool
    {
        $address = $this->worker->servers->address($lease->server);
        if (!$lease->isHeld || $lease->address === '' || $lease->address === $address) {
            unset($this->otherAddress[$lease->server]);

            return false;
        }
        $message = "{$lease->server} is at $address here, and {$lease->owner} holds it at {$lease->address}: where that is another application, give each its own AMI_PREFIX";
        if (($this->otherAddress[$lease->server] ?? '') !== $message) {
            $this->otherAddress[$lease->server] = $message;
            $this->worker->output->note('error', $message);
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
        $owners = array_map(static fn(Lease $lease): ?string => $lease->isHeld ? $lease->owner : null, $leases);
        // A worker that was told to hold it by name shares it with nobody.
        $owners = array_filter(
            $owners,
            static fn(?string $owner): bool => $owner === null || ($workers[$owner]['mode'] ?? 'cluster') === 'cluster',
        );
        $plan = Assignment::plan(
            array_map(strval(...), array_keys($owners)),
            array_values(array_unique([$this->worker->id, ...self::takers($workers)])),
            $owners,
        );

        return array_map(strval(...), array_keys($plan, $this->worker->id, true));
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
        $validUntil = Worker::now() + $this->leases->seconds();
        $address = $this->worker->servers->address($last->server);
        $lease = $this->leases->acquire($last->server, $this->worker->id, $address, $force);
        if (!$lease->isHeld) {
            return;
        }
        // Nobody knows what it delivered of the events kept back.
        $this->handovers->drop($last->server, 'its owner is gone');
        $gapFrom = $last->fence === 0 ? null : $last->seen;
        $this->held->open($last->server, $lease->fence, $validUntil, $gapFrom, 'takeover');
        if ($last->fence > 0) {
            $this->worker->output->note('info', "{$last->server} is taken over, last held by {$last->owner}");
        }
    }
}
