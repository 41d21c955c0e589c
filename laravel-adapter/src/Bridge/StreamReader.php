<?php

declare(strict_types=1);

namespace Apn\AmiClient\Laravel\Bridge;

use Apn\AmiClient\Laravel\Config\Settings;
use Apn\AmiClient\Laravel\Redis\Store;
use RedisException;

/** The bridge's stream as one consumer of a group reads it. */
final readonly class StreamReader
{
    public const int BATCH = 100;

    /** KEYS: stream. Gives `added` and `trimmed`: entries ever written, and those gone. */
    private const string INFO = <<<'LUA'
        local function map(list)
          local fields = {}
          for i = 1, #list, 2 do fields[list[i]] = list[i + 1] end
          return fields
        end
        local info = redis.call('EXISTS', KEYS[1]) == 1 and map(redis.call('XINFO', 'STREAM', KEYS[1])) or {length = 0}
        local added = info['entries-added'] or 0
        local trimmed = added - info.length

        LUA;

    /** KEYS: stream, lost. ARGV: group, "0" for all there is or "$" for what comes. */
    private const string CREATE = self::INFO . <<<'LUA'
        if redis.call('EXISTS', KEYS[1]) == 1 then
          for _, group in ipairs(redis.call('XINFO', 'GROUPS', KEYS[1])) do
            if map(group).name == ARGV[1] then return 0 end
          end
        end
        redis.call('XGROUP', 'CREATE', KEYS[1], ARGV[1], ARGV[2], 'MKSTREAM', 'ENTRIESREAD', ARGV[2] == '0' and trimmed or added)
        redis.call('HSET', KEYS[2], ARGV[1] .. ':to', trimmed)
        return 1
        LUA;

    /**
     * Before it reads, it counts what was trimmed since the group's last entry: that nobody of it will ever read.
     *
     * KEYS: stream, lost. ARGV: group, consumer, count.
     */
    private const string READ = self::INFO . <<<'LUA'
        for _, group in ipairs(redis.call('XINFO', 'GROUPS', KEYS[1])) do
          local fields = map(group)
          if fields.name == ARGV[1] and fields['entries-read'] then
            local from = math.max(fields['entries-read'], tonumber(redis.call('HGET', KEYS[2], ARGV[1] .. ':to') or 0))
            if trimmed > from then
              redis.call('HINCRBY', KEYS[2], ARGV[1], trimmed - from)
              redis.call('HSET', KEYS[2], ARGV[1] .. ':to', trimmed, ARGV[1] .. ':at', redis.call('TIME')[1])
            end
          end
        end
        return redis.call('XREADGROUP', 'GROUP', ARGV[1], ARGV[2], 'COUNT', ARGV[3], 'STREAMS', KEYS[1], '>')
        LUA;

    /** KEYS: stream. ARGV: group, idle milliseconds. What such a consumer had in hand was claimed long before. */
    private const string FORGET = <<<'LUA'
        for _, list in ipairs(redis.call('XINFO', 'CONSUMERS', KEYS[1], ARGV[1])) do
          local consumer = {}
          for i = 1, #list, 2 do consumer[list[i]] = list[i + 1] end
          if consumer.pending == 0 and consumer.idle > tonumber(ARGV[2]) then
            redis.call('XGROUP', 'DELCONSUMER', KEYS[1], ARGV[1], consumer.name)
          end
        end
        LUA;
    private const float DEAD_SECONDS = 600.0;

    public function __construct(
        private Store $store,
        private Settings $settings,
        public string $group,
        public string $consumer,
    ) {}

    /** @param string $from "0" for all that the stream has, "$" for what comes; matters for a new group alone */
    public function open(string $from): void
    {
        $this->store->script(self::CREATE, [$this->stream(), $this->lostKey()], [$this->group, $from]);
    }

    /**
     * New entries; waits for the first of them for as long as that.
     *
     * @return list<Delivery>
     */
    public function read(float $seconds): array
    {
        $answer = $this->store->script(
            self::READ,
            [$this->stream(), $this->lostKey()],
            [$this->group, $this->consumer, self::BATCH],
        );
        if (!is_array($answer) && $seconds > 0.0) {
            $this->store->patience($seconds);
            $answer = $this->store->command(
                'XREADGROUP',
                'GROUP',
                $this->group,
                $this->consumer,
                'COUNT',
                self::BATCH,
                'BLOCK',
                (int) ($seconds * 1_000),
                'STREAMS',
                $this->stream(),
                '>',
            );
        }

        // Phpredis gives a missing array as an empty one.
        return is_array($answer) && $answer !== [] ? self::deliveries($answer[0][1], []) : [];
    }

    /**
     * Entries that their consumer did not finish in time: it died, or what it called failed.
     *
     * @return list<Delivery>
     */
    public function claim(): array
    {
        $idle = (int) ($this->settings->number('bridge.claim_after') * 1_000);
        $answer = $this->store->command(
            'XAUTOCLAIM',
            $this->stream(),
            $this->group,
            $this->consumer,
            $idle,
            '0-0',
            'COUNT',
            self::BATCH,
        );
        [, $entries, $gone] = [...$answer, []];
        if ($gone !== []) {
            $this->store->command('HINCRBY', $this->lostKey(), $this->group, count($gone));
            $this->store->command('HSET', $this->lostKey(), "{$this->group}:at", time());
        }
        if ($entries === []) {
            return [];
        }
        $pending = $this->store->command(
            'XPENDING',
            $this->stream(),
            $this->group,
            $entries[0][0],
            end($entries)[0],
            self::BATCH * 10,
            $this->consumer,
        );

        return self::deliveries($entries, array_column($pending, 3, 0));
    }

    /** Has the group forget consumers that are long gone: each process is one, and a killed one does not leave. */
    public function forgetTheDead(float $idleSeconds = self::DEAD_SECONDS): void
    {
        $this->store->script(self::FORGET, [$this->stream()], [$this->group, (int) ($idleSeconds * 1_000)]);
    }

    /**
     * Says that this consumer still has these in hand.
     *
     * @param non-empty-list<string> $ids
     */
    public function keep(array $ids): void
    {
        $this->store->command('XCLAIM', $this->stream(), $this->group, $this->consumer, 0, ...[...$ids, 'JUSTID']);
    }

    /** @param list<string> $ids */
    public function acknowledge(array $ids): void
    {
        if ($ids !== []) {
            $this->store->command('XACK', $this->stream(), $this->group, ...$ids);
        }
    }

    /** Has the group forget this consumer, unless entries are left that others must claim. */
    public function leave(): void
    {
        try {
            $pending = $this->store->command('XPENDING', $this->stream(), $this->group, '-', '+', 1, $this->consumer);
            if ($pending === []) {
                $this->store->command('XGROUP', 'DELCONSUMER', $this->stream(), $this->group, $this->consumer);
            }

            // @mago-expect lint:no-empty-catch-clause
        } catch (RedisException) {
            // A consumer that stays in the list of its group harms nobody.
        }
    }

    private function stream(): string
    {
        return $this->store->stream($this->settings->string('bridge.stream'));
    }

    private function lostKey(): string
    {
        return $this->store->key('lost');
    }

    /**
     * @param list<array{string, ?list<string>}> $entries
     * @param array<string, int> $counts
     *
     * @return list<Delivery>
     */
    private static function deliveries(array $entries, array $counts): array
    {
        $deliveries = [];
        foreach ($entries as [$id, $fields]) {
            $json = is_array($fields) && ($fields[0] ?? null) === 'e' ? $fields[1] : '';
            $deliveries[] = new Delivery($id, $json, Entry::parse($json), (int) ($counts[$id] ?? 1));
        }

        return $deliveries;
    }
}
