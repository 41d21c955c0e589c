<?php

declare(strict_types=1);

namespace Apn\AmiClient\Laravel\Cluster;

use Apn\AmiClient\Laravel\Config\Settings;

/**
 * Who holds which server: leases in Redis, with a fence that grows whenever a server changes hands.
 *
 * Times are those of Redis: the machines' clocks need not agree. A fence is at least the Unix time at which it was given, so
 * that none is given again by a Redis that lost its memory.
 */
final readonly class Leases
{
    /** Part of the configured time that a lease lasts; the rest is for others to notice and to connect. */
    private const float PART = 0.75;
    /** How long the last events of an owner that hands over are kept for the case that it dies meanwhile. */
    private const int TAIL_MS = 60_000;

    /** KEYS: lease, holder, fences. Begins a term, and returns its fence. */
    private const string BEGIN = <<<'LUA'
        local function begin(server, owner, address, ttl)
          local time = redis.call('TIME')
          local fence = math.max(tonumber(redis.call('HGET', KEYS[3], server) or 0) + 1, tonumber(time[1]))
          local text = string.format('%d', fence)
          local now = time[1] .. '.' .. string.format('%06d', time[2])
          redis.call('HSET', KEYS[3], server, text)
          redis.call('HSET', KEYS[1], 'owner', owner, 'fence', text, 'address', address)
          redis.call('PEXPIRE', KEYS[1], ttl)
          redis.call('HSET', KEYS[2], 'owner', owner, 'fence', text, 'since', now, 'seen', now)
          return fence
        end

        LUA;

    /**
     * ARGV: server, owner, address, milliseconds, force.
     * Returns whether it is ours, the owner, the fence, the owner before, the address.
     */
    private const string ACQUIRE = <<<'LUA'
        local held = redis.call('HMGET', KEYS[1], 'owner', 'fence', 'address')
        if held[1] == ARGV[2] then
          redis.call('PEXPIRE', KEYS[1], ARGV[4])
          return {1, held[1], tonumber(held[2]), held[1], ARGV[3]}
        end
        if held[1] and ARGV[5] ~= '1' then
          return {0, held[1], tonumber(held[2]), held[1], held[3]}
        end
        local last = redis.call('HMGET', KEYS[2], 'owner', 'fence')
        if not held[1] and last[1] == ARGV[2] and last[2] == redis.call('HGET', KEYS[3], ARGV[1]) then
          redis.call('HSET', KEYS[1], 'owner', ARGV[2], 'fence', last[2], 'address', ARGV[3])
          redis.call('PEXPIRE', KEYS[1], ARGV[4])
          return {1, ARGV[2], tonumber(last[2]), ARGV[2], ARGV[3]}
        end
        return {1, ARGV[2], begin(ARGV[1], ARGV[2], ARGV[3], ARGV[4]), last[1], ARGV[3]}
        LUA;

    /** ARGV: server, from, to, milliseconds. Returns the new fence, 0 where `from` does not hold the server any more. */
    private const string TRANSFER = <<<'LUA'
        if redis.call('HGET', KEYS[1], 'owner') ~= ARGV[2] then
          return 0
        end
        return begin(ARGV[1], ARGV[3], redis.call('HGET', KEYS[1], 'address'), ARGV[4])
        LUA;

    /** KEYS: a lease and a holder for each. ARGV: owner, milliseconds. Returns 1 for each that is still ours. */
    private const string RENEW = <<<'LUA'
        local time = redis.call('TIME')
        local now = time[1] .. '.' .. string.format('%06d', time[2])
        local ours = {}
        for i = 1, #KEYS, 2 do
          if redis.call('HGET', KEYS[i], 'owner') == ARGV[1] then
            redis.call('PEXPIRE', KEYS[i], ARGV[2])
            redis.call('HSET', KEYS[i + 1], 'seen', now)
            table.insert(ours, 1)
          else
            table.insert(ours, 0)
          end
        end
        return ours
        LUA;

    private const string RELEASE = <<<'LUA'
        if redis.call('HGET', KEYS[1], 'owner') == ARGV[1] then
          redis.call('DEL', KEYS[1])
        end
        LUA;

    /** KEYS: a lease and a holder for each. */
    private const string READ = <<<'LUA'
        local leases = {}
        for i = 1, #KEYS, 2 do
          local holder = redis.call('HMGET', KEYS[i + 1], 'owner', 'fence', 'since', 'seen')
          local lease = redis.call('HMGET', KEYS[i], 'owner', 'address')
          table.insert(leases, {lease[1] and 1 or 0, holder[1], holder[2], holder[3], holder[4], lease[2]})
        end
        return leases
        LUA;

    public function __construct(
        private Store $store,
        private Settings $settings,
    ) {}

    /** Seconds from the last renewal to the end of a lease. */
    public function seconds(): float
    {
        return $this->settings->number('cluster.lease', min: 0.5) * self::PART;
    }

    /**
     * Takes a server that nobody holds, or with $force whoever holds it. Taking again what one held last, with nobody in
     * between, continues under the same fence.
     */
    public function acquire(string $server, string $owner, string $address = '', bool $force = false): Lease
    {
        [$isOurs, $holder, $fence, $before, $at] = $this->store->script(
            self::BEGIN . self::ACQUIRE,
            $this->keys($server),
            [
                $server,
                $owner,
                $address,
                $this->milliseconds(),
                (int) $force,
            ],
        );

        return new Lease($server, $isOurs === 1, $holder, $fence, 0.0, 0.0, (string) $at, $before ?: null);
    }

    /** Hands a server that $from holds over to $to, and returns the new fence; null where $from does not hold it any more. */
    public function transfer(string $server, string $from, string $to): ?int
    {
        $fence = $this->store->script(self::BEGIN . self::TRANSFER, $this->keys($server), [
            $server,
            $from,
            $to,
            $this->milliseconds(),
        ]);

        return $fence === 0 ? null : $fence;
    }

    /**
     * @param list<string> $servers
     *
     * @return list<string> those that $owner still holds
     */
    public function renew(array $servers, string $owner): array
    {
        if ($servers === []) {
            return [];
        }
        $ours = $this->store->script(self::RENEW, $this->pairs($servers), [$owner, $this->milliseconds()]);

        return array_values(array_filter(
            $servers,
            static fn(int $index): bool => $ours[$index] === 1,
            ARRAY_FILTER_USE_KEY,
        ));
    }

    public function release(string $server, string $owner): void
    {
        $this->store->script(self::RELEASE, [$this->store->key("lease:$server")], [$owner]);
    }

    /**
     * @param list<string> $servers
     *
     * @return array<string, Lease>
     */
    public function read(array $servers): array
    {
        if ($servers === []) {
            return [];
        }
        $leases = [];
        $answer = $this->store->script(self::READ, $this->pairs($servers));
        foreach ($answer as $index => [$isHeld, $owner, $fence, $since, $seen, $address]) {
            $server = $servers[$index];
            $leases[$server] = new Lease(
                $server,
                $isHeld === 1,
                $owner ?: null,
                (int) $fence,
                (float) $since,
                (float) $seen,
                (string) $address,
            );
        }

        return $leases;
    }

    /**
     * @param list<string> $servers
     *
     * @return array<string, int> the last fence given of each
     */
    public function fences(array $servers): array
    {
        return array_map(
            intval(...),
            array_combine($servers, $this->store->command('HMGET', $this->store->key('fences'), ...$servers)),
        );
    }

    /**
     * Keeps what an owner is about to deliver while it hands a server over: its successor reads it should the owner die.
     *
     * @param list<array{string, string}> $tail
     */
    public function saveTail(string $server, int $fence, array $tail): void
    {
        $key = $this->store->key("tail:$server:$fence");
        $this->store->command('RPUSH', $key, json_encode($tail, JSON_THROW_ON_ERROR | JSON_INVALID_UTF8_SUBSTITUTE));
        $this->store->command('PEXPIRE', $key, self::TAIL_MS);
    }

    /** @return list<array{string, string}> name and fingerprint, the oldest first */
    public function tail(string $server, int $fence): array
    {
        $parts = $this->store->command('LRANGE', $this->store->key("tail:$server:$fence"), 0, -1);

        /** @var list<array{string, string}> */
        return array_merge([], ...array_map(static fn(string $json): array => json_decode(
            $json,
            associative: true,
            flags: JSON_THROW_ON_ERROR,
        ), $parts));
    }

    private function milliseconds(): int
    {
        return (int) ($this->seconds() * 1_000);
    }

    /** @return list<string> */
    private function keys(string $server): array
    {
        return [
            $this->store->key("lease:$server"),
            $this->store->key("holder:$server"),
            $this->store->key('fences'),
        ];
    }

    /**
     * @param list<string> $servers
     *
     * @return list<string>
     */
    private function pairs(array $servers): array
    {
        $keys = [];
        foreach ($servers as $server) {
            $keys[] = $this->store->key("lease:$server");
            $keys[] = $this->store->key("holder:$server");
        }

        return $keys;
    }
}
