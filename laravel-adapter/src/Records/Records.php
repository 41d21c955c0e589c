<?php

declare(strict_types=1);

namespace Apn\AmiClient\Laravel\Records;

use Illuminate\Contracts\Cache\LockProvider;
use Illuminate\Contracts\Cache\Repository;
use Illuminate\Support\Arr;

/**
 * What workers write down for people and for each other: who is alive, how the servers are, and what is asked of whom.
 *
 * It is in the Redis that the workers share. Without one, it is in the application's cache, which is that of one machine.
 *
 * @phpstan-type Sink array{waiting: int, written: int, dropped: int, refused: int, away: bool}
 * @phpstan-type Transition array{at: float, worker: string, from: string, to: string, reason: ?string, detail: string}
 * @phpstan-type Worker array{mode: string, started_at: float, seen_at: float, draining: bool, paused: bool, memory_bytes: int, events: int, slowest: ?array{label: string, seconds: float}, sinks: array<string, Sink>, servers: array<string, array<string, mixed>>}
 */
final readonly class Records
{
    /** Transitions kept of each server. */
    public const int HISTORY_MAX = 200;
    private const int LOCK_SECONDS = 5;

    public function __construct(
        private Repository $cache,
        private string $prefix = 'ami:',
    ) {}

    /**
     * @param array<string, mixed> $record
     * @param float $seconds after which the worker counts as gone
     */
    public function put(string $worker, array $record, float $seconds): void
    {
        // In this order: whoever finds a worker without a record takes it for dead, and forgets it.
        $member = Arr::only($record, ['mode', 'draining']);
        $this->cache->put($this->key("worker:$worker"), $record, self::whole($seconds));
        $this->cache->put($this->key("member:$worker"), $member, self::whole($seconds));
        if (!in_array($worker, $this->index(), strict: true)) {
            $this->change(static fn(array $index): array => [...$index, $worker]);
        }
    }

    public function forget(string $worker): void
    {
        $this->change(static fn(array $index): array => array_values(array_diff($index, [$worker])));
        foreach (['worker', 'member', 'asked'] as $kind) {
            $this->cache->forget($this->key("$kind:$worker"));
        }
    }

    /** @return array<string, Worker> */
    public function workers(): array
    {
        /** @var array<string, Worker> */
        return $this->read('worker');
    }

    /**
     * What workers have to know of each other many times a minute, without the health of all servers.
     *
     * @return array<string, array{mode: string, draining: bool}>
     */
    public function members(): array
    {
        /** @var array<string, array{mode: string, draining: bool}> */
        return $this->read('member');
    }

    /** @param Transition $transition */
    public function addTransition(string $server, array $transition): void
    {
        // Counted, not read and written: two workers may have a server during a handover.
        $number = (int) $this->cache->increment($this->key("transitions:$server"));
        $this->cache->forever($this->key("transitions:$server:" . ($number % self::HISTORY_MAX)), $transition);
    }

    /** @return list<Transition> the newest first */
    public function history(string $server): array
    {
        $newest = (int) $this->cache->get($this->key("transitions:$server"));
        $keys = array_map(
            fn(int $number): string => $this->key("transitions:$server:" . ($number % self::HISTORY_MAX)),
            range($newest, max(1, $newest - self::HISTORY_MAX + 1)),
        );

        /** @var list<Transition> */
        return array_values(array_filter([...$this->cache->getMultiple($keys)]));
    }

    /** Asks one worker for something, once: to "drain", to "pause", to "continue". */
    public function ask(string $worker, string $what): void
    {
        $this->cache->put($this->key("asked:$worker"), $what, 3_600);
    }

    /** What was asked of the worker since the last call. */
    public function asked(string $worker): ?string
    {
        return (string) $this->cache->pull($this->key("asked:$worker")) ?: null;
    }

    /** Asks all "workers" or "readers" that run now to end. */
    public function askToRestart(string $which = 'workers'): void
    {
        $this->cache->forever($this->key("restart:$which"), (string) microtime(as_float: true));
    }

    /** Differs once they are asked. */
    public function restartMark(string $which = 'workers'): string
    {
        return (string) $this->cache->get($this->key("restart:$which"), '');
    }

    /**
     * Makes the worker the owner of a server that has none, or whose owner it is, for so many seconds.
     *
     * @return string the owner
     */
    public function own(string $server, string $worker, float $seconds, bool $isForced = false): string
    {
        $key = $this->key("owner:$server");
        if (!$isForced && $this->cache->add($key, $worker, self::whole($seconds))) {
            return $worker;
        }
        $owner = $isForced ? $worker : $this->cache->get($key);
        if ($owner === $worker) {
            $this->cache->put($key, $worker, self::whole($seconds));
        }

        return is_string($owner) ? $owner : 'another worker';
    }

    public function disown(string $server, string $worker): void
    {
        if ($this->cache->get($this->key("owner:$server")) === $worker) {
            $this->cache->forget($this->key("owner:$server"));
        }
    }

    /** True for the first caller within so many seconds. */
    public function claimOnce(string $key, float $seconds): bool
    {
        return $this->cache->add($this->key("sent:$key"), true, self::whole($seconds));
    }

    private function key(string $name): string
    {
        return $this->prefix . $name;
    }

    private static function whole(float $seconds): int
    {
        return max(1, (int) ceil($seconds));
    }

    /** @return list<string> */
    private function index(): array
    {
        return array_values(array_filter((array) $this->cache->get($this->key('records')), is_string(...)));
    }

    /** @return array<string, array<array-key, mixed>> by worker */
    private function read(string $kind): array
    {
        $workers = $this->index();
        sort($workers);
        $keys = array_map(fn(string $worker): string => $this->key("$kind:$worker"), $workers);

        return array_filter(array_combine($workers, [...$this->cache->getMultiple($keys)]), is_array(...));
    }

    /** @param \Closure(list<string>): list<string> $change */
    private function change(\Closure $change): void
    {
        // Workers that died took their records along.
        $write = fn() => $this->cache->forever($this->key('records'), $change(array_keys($this->members())));
        $store = $this->cache->getStore();
        $store instanceof LockProvider
            ? $store->lock($this->key('records:lock'), self::LOCK_SECONDS)->block(self::LOCK_SECONDS, $write)
            : $write();
    }
}
