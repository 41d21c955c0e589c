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

    /** KEYS: lease, holder, fences. Begins a term, and returns its fence. */
    private const string BEGIN = <<<'LUA'
        local function begin(server, owner, address, ttl)
          local time = redis.call('TIME')
          local fence = math.max(tonumber(redis.call('HGET', KEYS[3], server) or 0) + 1, tonumber(time[1]))
          redis.call('HSET', KEYS[3], server, string.format('%d', fence))
          redis.call('HSET', KEYS[1], 'owner', owner, 'address', address)
          redis.call('PEXPIRE', KEYS[1], ttl)
          redis.call('HSET', KEYS[2], 'owner', owner, 'seen', time[1] .. '.' .. string.format('%06d', time[2]))
          return fence
        end

        LUA;

    /** ARGV: server, owner, address, milliseconds, force. Returns whether it is ours, the owner, the fence, the owner before. */
    private const string ACQUIRE = <<<'LUA'
        local owner = redis.call('HGET', KEYS[1], 'owner')
        local last = redis.call('HGET', KEYS[2], 'owner')
        local fence = tonumber(redis.call('HGET', KEYS[3], ARGV[1]) or 0)
        if owner and owner ~= ARGV[2] and ARGV[5] ~= '1' then
          return {0, owner, fence, owner}
        end
        if fence > 0 and (owner or last) == ARGV[2] then
          redis.call('HSET', KEYS[1], 'owner', ARGV[2], 'address', ARGV[3])
          redis.call('PEXPIRE', KEYS[1], ARGV[4])
          return {1, ARGV[2], fence, ARGV[2]}
        end
        return {1, ARGV[2], begin(ARGV[1], ARGV[2], ARGV[3], ARGV[4]), last}
        LUA;

    /** ARGV: server, from, to, milliseconds. Returns the new fence, 0 where `from` does not hold the server any more. */
    private const string TRANSFER = <<<'LUA'
        local lease = redis.call('HMGET', KEYS[1], 'owner', 'address')
        return lease[1] == ARGV[2] and begin(ARGV[1], ARGV[3], lease[2], ARGV[4]) or 0
        LUA;

    /** KEYS: a lease and a holder for each. ARGV: owner, milliseconds. Returns 1 for each that is still ours. */
    private const string RENEW = <<<'LUA'
        local time = redis.call('TIME')
        local now = time[1] .. '.' .. string.format('%06d', time[2])
        local ours = {}
        for i = 1, #KEYS, 2 do
          local isOurs = redis.call('HGET', KEYS[i], 'owner') == ARGV[1]
          if isOurs then
            redis.call('PEXPIRE', KEYS[i], ARGV[2])
            redis.call('HSET', KEYS[i + 1], 'seen', now)
          end
          table.insert(ours, isOurs and 1 or 0)
        end
        return ours
        LUA;

    private const string RELEASE = <<<'LUA'
        if redis.call('HGET', KEYS[1], 'owner') == ARGV[1] then
          redis.call('DEL', KEYS[1])
        end
        LUA;

    /** KEYS: a lease and a holder for each, fences. ARGV: the servers. */
    private const string READ = <<<'LUA'
        local leases = {}
        for i, server in ipairs(ARGV) do
          local lease = redis.call('HMGET', KEYS[2 * i - 1], 'owner', 'address')
          local holder = redis.call('HMGET', KEYS[2 * i], 'owner', 'seen')
          local fence = redis.call('HGET', KEYS[#KEYS], server)
          table.insert(leases, {lease[1] and 1 or 0, holder[1], fence, holder[2], lease[2]})
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
        $arguments = [$server, $owner, $address, $this->milliseconds(), (int) $force];
        /** @var array{int, string, int, ?string} $answer */
        $answer = $this->store->script(self::BEGIN . self::ACQUIRE, self::keys($server), $arguments);
        [$isOurs, $holder, $fence, $before] = $answer;

        return new Lease($server, $isOurs === 1, $holder, $fence, before: $before ?: null);
    }

    /** Hands a server that $from holds over to $to, and returns the new fence; null where $from does not hold it any more. */
    public function transfer(string $server, string $from, string $to): ?int
    {
        $arguments = [$server, $from, $to, $this->milliseconds()];

        return (int) $this->store->script(self::BEGIN . self::TRANSFER, self::keys($server), $arguments) ?: null;
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
        $ours = (array) $this->store->script(self::RENEW, self::pairs($servers), [$owner, $this->milliseconds()]);

        return array_values(array_intersect_key($servers, array_filter($ours)));
    }

    public function release(string $server, string $owner): void
    {
        $this->store->script(self::RELEASE, ["lease:$server"], [$owner]);
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
        /** @var list<array{int, ?string, ?string, ?string, ?string}> $answer */
        $answer = $this->store->script(self::READ, [...self::pairs($servers), 'fences'], $servers);
        foreach ($answer as $index => [$isHeld, $owner, $fence, $seen, $address]) {
            $server = $servers[$index];
            $is = $isHeld === 1;
            $leases[$server] = new Lease($server, $is, $owner ?: null, (int) $fence, (float) $seen, (string) $address);
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
        $fences = (array) $this->store->command('HMGET', 'fences', ...$servers);

        return array_combine($servers, array_map(intval(...), $fences));
    }

    private function milliseconds(): int
    {
        return (int) ($this->seconds() * 1_000);
    }

    /** @return list<string> */
    private static function keys(string $server): array
    {
        return ["lease:$server", "holder:$server", 'fences'];
    }

    /**
     * @param list<string> $servers
     *
     * @return list<string>
     */
    private static function pairs(array $servers): array
    {
        return array_merge(...array_map(static fn(string $server): array => [
            "lease:$server",
            "holder:$server",
        ], $servers));
    }
}
