<?php

declare(strict_types=1);

namespace Apn\AmiClient\Laravel\Cluster\Stream;

use Apn\AmiClient\Laravel\Cluster\Store;

/**
 * The event stream as one reader reads it: in order, from the place where it stopped.
 *
 * A place that nobody read from for a week is forgotten. One process reads at a time. Another one of the same name waits, and takes over when the first ends or dies.
 */
final class Reader
{
    public const int BATCH = 100;
    /** How long a process that does not read keeps the others waiting. */
    private const int OWNER_MS = 15_000;

    /**
     * KEYS: stream, reader, owner, written, readers. ARGV: process, milliseconds, count, name, "0" or "$" for a new reader.
     * Returns the owner, how many entries were trimmed unread, and the entries.
     *
     * Entries are counted where they are written (:added), and the reader counts those it read: what is missing at the
     * beginning of the stream was trimmed.
     */
    private const string READ = <<<'LUA'
        local owner = redis.call('GET', KEYS[3])
        if owner and owner ~= ARGV[1] then return {owner, 0, {}} end
        redis.call('SET', KEYS[3], ARGV[1], 'PX', ARGV[2])
        redis.call('SADD', KEYS[5], ARGV[4])
        local added = tonumber(redis.call('HGET', KEYS[4], ':added') or 0)
        local trimmed = math.max(0, added - redis.call('XLEN', KEYS[1]))
        local at = redis.call('HMGET', KEYS[2], 'id', 'count')
        if not at[1] then
          local last = redis.call('XREVRANGE', KEYS[1], '+', '-', 'COUNT', 1)
          local isNew = ARGV[5] == '$' and last[1]
          at = {isNew and last[1][1] or '0-0', isNew and added or trimmed}
          redis.call('HSET', KEYS[2], 'id', at[1], 'count', at[2], 'lost', 0)
        end
        local count = tonumber(at[2])
        local lost = 0
        if count > added then
          count = trimmed
        elseif trimmed > count then
          lost = trimmed - count
          count = trimmed
          redis.call('HINCRBY', KEYS[2], 'lost', lost)
          redis.call('HSET', KEYS[2], 'lost_at', redis.call('TIME')[1])
        end
        redis.call('HSET', KEYS[2], 'count', count)
        redis.call('PEXPIRE', KEYS[2], 604800000)
        return {ARGV[1], lost, redis.call('XRANGE', KEYS[1], '(' .. at[1], '+', 'COUNT', ARGV[3]), at[1]}
        LUA;

    /** KEYS: reader, owner. ARGV: process, milliseconds, id, entries read. Returns 1 while the process is the one that reads. */
    private const string COMMIT = <<<'LUA'
        if redis.call('GET', KEYS[2]) ~= ARGV[1] then return 0 end
        redis.call('PEXPIRE', KEYS[2], ARGV[2])
        redis.call('HSET', KEYS[1], 'id', ARGV[3])
        redis.call('HINCRBY', KEYS[1], 'count', ARGV[4])
        return 1
        LUA;

    /** KEYS: owner. ARGV: process. */
    private const string LEAVE = <<<'LUA'
        if redis.call('GET', KEYS[1]) == ARGV[1] then redis.call('DEL', KEYS[1]) end
        LUA;

    /** Unix time of the last entry read; 0 at the start. */
    public private(set) float $readAt = 0.0;
    /** Entries trimmed before this read. */
    public private(set) int $lost = 0;
    /** The process that reads; another one than this where this one has to wait. */
    public private(set) string $owner = '';
    private string $lastId = '0-0';
    private readonly string $key;

    public function __construct(
        private readonly Store $store,
        private readonly string $stream,
        public readonly string $name,
        public readonly string $process,
        private readonly string $from,
    ) {
        $this->key = "reader:$name";
    }

    public function isOwner(): bool
    {
        return $this->owner === $this->process;
    }

    /**
     * The next entries.
     *
     * @return array<string, ?Entry> by id; null for one that is none of ours
     */
    public function read(): array
    {
        $keys = [$this->stream, $this->key, "{$this->key}:owner", 'written', 'readers'];
        $arguments = [$this->process, self::OWNER_MS, self::BATCH, $this->name, $this->from];
        /** @var array{string, int, list<array{string, list<string>}>, string} $answer */
        $answer = [...((array) $this->store->script(self::READ, $keys, $arguments)), $this->lastId];
        [$this->owner, $this->lost, $entries, $lastId] = $answer;
        $this->lastId = $lastId;
        $this->readAt = (float) $lastId / 1_000;
        $read = [];
        foreach ($entries as [$id, $fields]) {
            $read[$id] = ($fields[0] ?? '') === 'e' ? Entry::parse((string) $fields[1]) : null;
        }

        return $read;
    }

    /** Waits for a new entry, or for so many seconds. */
    public function wait(float $seconds): void
    {
        $this->store->patience($seconds);
        $milliseconds = (int) ($seconds * 1_000);
        $stream = $this->store->key($this->stream);
        $this->store->raw('XREAD', 'COUNT', 1, 'BLOCK', $milliseconds, 'STREAMS', $stream, $this->lastId);
    }

    /**
     * Remembers how far it has read.
     *
     * @return bool false where another process reads by now
     */
    public function commit(string $id, int $count): bool
    {
        $keys = [$this->key, "{$this->key}:owner"];

        return $this->store->script(self::COMMIT, $keys, [$this->process, self::OWNER_MS, $id, $count]) === 1;
    }

    /** Lets another process read. */
    public function leave(): void
    {
        $this->store->script(self::LEAVE, ["{$this->key}:owner"], [$this->process]);
    }
}
