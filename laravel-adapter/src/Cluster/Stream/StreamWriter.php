<?php

declare(strict_types=1);

namespace Apn\AmiClient\Laravel\Cluster\Stream;

use Apn\AmiClient\Laravel\Cluster\Store;
use Apn\AmiClient\Laravel\Config\Settings;
use Apn\AmiClient\Laravel\Worker\Worker;
use RedisException;

/**
 * Writes entries to the event stream in batches. While Redis is away they wait, in bounded memory; the oldest are dropped
 * first, and are counted.
 *
 * A batch is one script, so it is written whole or not at all. Redis refuses in it what it has already (the connection
 * broke after the write and the batch was sent again) and what comes from a worker that lost the server.
 */
final class StreamWriter
{
    private const float RETRY_SECONDS = 0.5;
    private const float IDLE_SECONDS = 0.25;
    /** Entries of one write: as many as wait, so that a Redis far away is asked the less often the more there is to write. */
    private const int WRITE_MAX = 1_000;
    /** Entries that are worth a write before the first of them has waited. */
    private const int WRITE_MIN = 100;
    private const float WAIT_SECONDS = 0.02;

    /**
     * KEYS: stream, fences, written. ARGV: stream length, then server, fence, number and JSON of each entry.
     * Returns how many were refused because another worker holds the server.
     */
    private const string WRITE = <<<'LUA'
        local fences, written, refused, added = {}, {}, 0, 0
        for i = 2, #ARGV, 4 do
          local server, fence, number = ARGV[i], tonumber(ARGV[i + 1]), tonumber(ARGV[i + 2])
          if not fences[server] then
            fences[server] = tonumber(redis.call('HGET', KEYS[2], server) or 0)
            local last = redis.call('HGET', KEYS[3], server)
            written[server] = last and cjson.decode(last) or {f = 0, n = 0}
          end
          local last = written[server]
          if fence < fences[server] then
            refused = refused + 1
          elseif fence > last.f or number > last.n then
            redis.call('XADD', KEYS[1], 'MAXLEN', '~', ARGV[1], '*', 'e', ARGV[i + 3])
            added = added + 1
            written[server] = {f = fence, n = number}
          end
        end
        for server, last in pairs(written) do
          redis.call('HSET', KEYS[3], server, cjson.encode({f = last.f, n = last.n}))
        end
        redis.call('HINCRBY', KEYS[3], ':added', added)
        return refused
        LUA;

    /** @var list<Entry> */
    private array $waiting = [];
    private int $waitingBytes = 0;
    private float $firstAt = 0.0;
    private float $notBefore = 0.0;

    /** @var array<string, array{fence: int, number: int}> the last entry of each server */
    private array $numbers = [];

    /** @var array<string, array{from: float, to: float, count: int, fence: int}> what was dropped and not told yet */
    private array $dropped = [];

    public private(set) int $droppedCount = 0;
    public private(set) int $refusedCount = 0;
    public private(set) int $writtenCount = 0;
    public private(set) bool $isAway = false;

    private readonly int $bytesMax;

    public function __construct(
        private readonly Store $store,
        private readonly Settings $settings,
    ) {
        $this->bytesMax = $settings->whole('stream.buffer_bytes', min: 65_536);
    }

    /** @param array<string, mixed> $fields */
    public function add(string $kind, string $server, int $fence, float $at, array $fields, float $now): void
    {
        $last = $this->numbers[$server] ?? null;
        $number = $last !== null && $last['fence'] === $fence ? $last['number'] + 1 : 1;
        $this->numbers[$server] = ['fence' => $fence, 'number' => $number];
        $entry = Entry::make($kind, $server, $fence, $number, $at, $fields);
        if ($this->waiting === []) {
            $this->firstAt = $now;
        }
        $this->waiting[] = $entry;
        $this->waitingBytes += $entry->bytes();
        if ($this->waitingBytes > $this->bytesMax) {
            $this->dropOldest();
        }
    }

    /** Writes once if enough waits or the first entry has waited long enough, and returns when to come again. */
    public function turn(float $now): float
    {
        $isDue = count($this->waiting) >= self::WRITE_MIN || $now >= ($this->firstAt + self::WAIT_SECONDS);
        if ($this->waiting !== [] && $isDue && $now >= $this->notBefore) {
            $this->write();
        }

        return match (true) {
            $this->waiting === [] => $now + self::IDLE_SECONDS,
            $this->isAway => $this->notBefore,
            default => $this->firstAt + self::WAIT_SECONDS,
        };
    }

    /** Writes everything now; false where Redis is away. */
    public function flush(): bool
    {
        while ($this->waiting !== [] && $this->write()) {
        }

        return $this->waiting === [];
    }

    public function waitingCount(): int
    {
        return count($this->waiting);
    }

    private function write(): bool
    {
        $this->tellDropped();
        $batch = array_slice($this->waiting, 0, self::WRITE_MAX);
        try {
            $refused = $this->send($batch);
        } catch (RedisException) {
            $this->isAway = true;
            $this->notBefore = Worker::now() + self::RETRY_SECONDS;

            return false;
        }
        $this->isAway = false;
        $this->refusedCount += $refused;
        $this->writtenCount += count($batch) - $refused;
        $this->waiting = array_slice($this->waiting, count($batch));
        $this->waitingBytes -= array_sum(array_map(static fn(Entry $entry): int => $entry->bytes(), $batch));
        $this->firstAt = Worker::now();

        return true;
    }

    /** @param list<Entry> $batch */
    private function send(array $batch): int
    {
        $arguments = [$this->settings->whole('stream.max_length', min: 1)];
        foreach ($batch as $entry) {
            array_push($arguments, $entry->server, $entry->fence, $entry->number, $entry->json);
        }

        return $this->store->script(
            self::WRITE,
            [$this->store->stream(), $this->store->key('fences'), $this->store->key('written')],
            $arguments,
        );
    }

    /** A whole batch at a time, so that a long outage is not one copy of the list an event. */
    private function dropOldest(): void
    {
        foreach (array_splice($this->waiting, 0, self::WRITE_MIN) as $entry) {
            $this->waitingBytes -= $entry->bytes();
            ++$this->droppedCount;
            $known = $this->dropped[$entry->server] ?? [
                'from' => $entry->at,
                'to' => $entry->at,
                'count' => 0,
                'fence' => $entry->fence,
            ];
            $this->dropped[$entry->server] = [
                ...$known,
                'to' => $entry->at,
                'count' => $known['count'] + 1,
                'fence' => $entry->fence,
            ];
        }
    }

    /** Puts a gap where the dropped entries were, under the number of the last of them. */
    private function tellDropped(): void
    {
        foreach ($this->dropped as $server => $dropped) {
            $server = (string) $server;
            foreach ($this->waiting as $place => $entry) {
                if ($entry->server === $server) {
                    $gap = [
                        'from' => $dropped['from'],
                        'to' => $dropped['to'],
                        'cause' => 'stream',
                        'dropped' => $dropped['count'],
                    ];
                    $told = Entry::make('gap', $server, $entry->fence, $entry->number - 1, $dropped['to'], $gap);
                    array_splice($this->waiting, $place, 0, [$told]);
                    $this->waitingBytes += $told->bytes();
                    unset($this->dropped[$server]);
                    break;
                }
            }
        }
    }
}
