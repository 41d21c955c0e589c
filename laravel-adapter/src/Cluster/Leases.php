<?php

declare(strict_types=1);

namespace Apn\AmiClient\Laravel\Cluster;

use Apn\AmiClient\Laravel\Config\Settings;
use Apn\AmiClient\Laravel\Redis\Store;

/**
 * Who holds which server: leases in Redis, with a fence that grows whenever a server changes hands.
 *
 * Every change of hands is also an entry of the bridge's stream, in the same step, and its id is kept: so a reader knows
 * from where on the entries of an older fence are those of a worker that lost the server and does not know it yet.
 *
 * Times are Redis's own: the machines' clocks need not agree.
 */
final readonly class Leases
{
    /** Part of the configured time that a lease lasts; the rest is for others to notice and to connect. */
    private const float PART = 0.75;
    /** Changes of hands of each server whose place in the stream is kept. */
    public const int TERMS_KEPT = 64;

    /** KEYS: lease, holder, fences, terms, stream. Begins a term: gives the new fence, tells readers from where on. */
    private const string BEGIN = <<<'LUA'
        local function begin(server, owner, ttl, kept, length)
          local fence = redis.call('HINCRBY', KEYS[3], server, 1)
          local time = redis.call('TIME')
          local now = time[1] .. '.' .. string.format('%06d', time[2])
          redis.call('HSET', KEYS[1], 'owner', owner, 'fence', fence)
          redis.call('PEXPIRE', KEYS[1], ttl)
          redis.call('HSET', KEYS[2], 'owner', owner, 'fence', fence, 'since', now, 'seen', now)
          local entry = cjson.encode({k = 'term', s = server, f = fence, o = owner})
          local id = redis.call('XADD', KEYS[5], 'MAXLEN', '~', length, '*', 'e', entry)
          redis.call('HSET', KEYS[4], server .. ':' .. fence, id)
          redis.call('HDEL', KEYS[4], server .. ':' .. (fence - kept))
          return fence
        end

        LUA;

    /** ARGV: server, owner, milliseconds, force, terms kept, stream length. Gives whether it is ours, the owner, the fence. */
    private const string ACQUIRE = <<<'LUA'
        local held = redis.call('HGET', KEYS[1], 'owner')
        if held == ARGV[2] then
          redis.call('PEXPIRE', KEYS[1], ARGV[3])
          return {1, held, tonumber(redis.call('HGET', KEYS[1], 'fence'))}
        end
        if held and ARGV[4] ~= '1' then
          return {0, held, tonumber(redis.call('HGET', KEYS[1], 'fence'))}
        end
        local last = redis.call('HMGET', KEYS[2], 'owner', 'fence')
        if not held and last[1] == ARGV[2] and last[2] == redis.call('HGET', KEYS[3], ARGV[1]) then
          redis.call('HSET', KEYS[1], 'owner', ARGV[2], 'fence', last[2])
          redis.call('PEXPIRE', KEYS[1], ARGV[3])
          return {1, ARGV[2], tonumber(last[2])}
        end
        return {1, ARGV[2], begin(ARGV[1], ARGV[2], ARGV[3], ARGV[5], ARGV[6])}
        LUA;

    /** ARGV: server, from, milliseconds, -, terms kept, stream length, to. Gives the new fence, 0 where `from` has lost it. */
    private const string TRANSFER = <<<'LUA'
        if redis.call('HGET', KEYS[1], 'owner') ~= ARGV[2] then
          return 0
        end
        return begin(ARGV[1], ARGV[7], ARGV[3], ARGV[5], ARGV[6])
        LUA;

    /** KEYS: a lease and a holder for each. ARGV: owner, milliseconds. Gives 1 for each that is ours still. */
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

    /** KEYS: written, then a lease and a holder for each. ARGV: the servers. */
    private const string READ = <<<'LUA'
        local leases = {}
        for i = 2, #KEYS, 2 do
          local holder = redis.call('HMGET', KEYS[i + 1], 'owner', 'fence', 'since', 'seen')
          local written = redis.call('HGET', KEYS[1], ARGV[i / 2])
          table.insert(leases, {redis.call('EXISTS', KEYS[i]), holder[1], holder[2], holder[3], holder[4], written and cjson.decode(written).t})
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
     * between, goes on under the same fence.
     */
    public function acquire(string $server, string $owner, bool $force = false): Lease
    {
        [$isOurs, $holder, $fence] = $this->store->script(self::BEGIN . self::ACQUIRE, $this->keys($server), [
            $server,
            $owner,
            $this->milliseconds(),
            (int) $force,
            self::TERMS_KEPT,
            $this->length(),
        ]);

        return new Lease($server, $isOurs === 1, $holder, $fence, 0.0, 0.0);
    }

    /** Hands a server that $from holds over to $to, and gives the new fence; null where $from does not hold it any more. */
    public function transfer(string $server, string $from, string $to): ?int
    {
        $fence = $this->store->script(self::BEGIN . self::TRANSFER, $this->keys($server), [
            $server,
            $from,
            $this->milliseconds(),
            0,
            self::TERMS_KEPT,
            $this->length(),
            $to,
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
        $answer = $this->store->script(self::READ, [$this->store->key('written'), ...$this->pairs($servers)], $servers);
        foreach ($answer as $index => [$isHeld, $owner, $fence, $since, $seen, $written]) {
            $server = $servers[$index];
            $leases[$server] = new Lease(
                $server,
                $isHeld === 1,
                $owner ?: null,
                (int) $fence,
                (float) $since,
                (float) $seen,
                (float) $written,
            );
        }

        return $leases;
    }

    private function milliseconds(): int
    {
        return (int) ($this->seconds() * 1_000);
    }

    private function length(): int
    {
        return $this->settings->whole('bridge.max_length', min: 1);
    }

    /** @return list<string> */
    private function keys(string $server): array
    {
        return [
            $this->store->key("lease:$server"),
            $this->store->key("holder:$server"),
            $this->store->key('fences'),
            $this->store->key('terms'),
            $this->store->stream($this->settings->string('bridge.stream')),
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
