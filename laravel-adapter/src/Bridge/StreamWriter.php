<?php

declare(strict_types=1);

namespace Apn\AmiClient\Laravel\Bridge;

use Apn\AmiClient\Laravel\Config\Settings;
use Apn\AmiClient\Laravel\Redis\Store;
use RedisException;

/**
 * Writes entries to the bridge's stream in batches. While Redis is away they wait, in bounded memory; the oldest go first,
 * and are counted.
 *
 * A batch is one script, so it is written whole or not at all. Redis refuses in it what it has already (the connection
 * broke after the write and the batch was sent again) and what comes from a worker that lost the server.
 */
final class StreamWriter
{
    private const float RETRY_SECONDS = 0.5;
    private const float IDLE_SECONDS = 0.25;
    /** Entries of the stream that are looked through for those of one server: some seconds of all. */
    private const int WRITTEN_MAX = 20_000;

    /**
     * KEYS: stream, fences, written. ARGV: stream length, then server, fence, number, seconds and JSON of each entry.
     * Gives the servers of whose entries some were refused because another worker holds them.
     */
    private const string WRITE = <<<'LUA'
        local fences, written, refused = {}, {}, {}
        for i = 2, #ARGV, 5 do
          local server, fence, number = ARGV[i], tonumber(ARGV[i + 1]), tonumber(ARGV[i + 2])
          if not fences[server] then
            fences[server] = tonumber(redis.call('HGET', KEYS[2], server) or 0)
            local last = redis.call('HGET', KEYS[3], server)
            written[server] = last and cjson.decode(last) or {f = 0, n = 0, t = 0}
          end
          local last = written[server]
          if fence < fences[server] then
            refused[server] = (refused[server] or 0) + 1
          elseif fence > last.f or number > last.n then
            redis.call('XADD', KEYS[1], 'MAXLEN', '~', ARGV[1], '*', 'e', ARGV[i + 4])
            written[server] = {f = fence, n = number, t = math.max(last.t, tonumber(ARGV[i + 3]))}
          end
        end
        for server, last in pairs(written) do
          redis.call('HSET', KEYS[3], server, cjson.encode({f = last.f, n = last.n, t = string.format('%.6f', last.t)}))
        end
        local answer = {}
        for server, count in pairs(refused) do
          table.insert(answer, server)
          table.insert(answer, count)
        end
        return answer
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

    private readonly int $batch;
    private readonly float $batchSeconds;
    private readonly int $bytesMax;

    public function __construct(
        private readonly Store $store,
        private readonly Settings $settings,
    ) {
        $this->batch = $settings->whole('bridge.batch', min: 1);
        $this->batchSeconds = $settings->number('bridge.batch_seconds');
        $this->bytesMax = $settings->whole('bridge.buffer_bytes', min: 65_536);
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
        if (count($this->waiting) >= $this->batch) {
            $this->write($now);
        }
    }

    /** Writes what has waited long enough, and gives when to come again. */
    public function turn(float $now): float
    {
        if ($this->waiting !== [] && $now >= ($this->firstAt + $this->batchSeconds)) {
            $this->write($now);
        }

        return $this->waiting === []
            ? $now + self::IDLE_SECONDS
            : max($this->firstAt + $this->batchSeconds, $this->notBefore);
    }

    /** Writes everything now; false where Redis is away. */
    public function flush(float $now): bool
    {
        $this->notBefore = 0.0;
        $this->write($now);

        return $this->waiting === [];
    }

    /**
     * The last events of a server that are in the stream under that fence, whoever wrote them.
     *
     * @return list<Entry> the oldest first
     *
     * @throws RedisException when Redis is away
     */
    public function written(string $server, int $fence): array
    {
        $stream = $this->store->stream($this->settings->string('bridge.stream'));
        $entries = [];
        foreach ($this->store->command('XREVRANGE', $stream, '+', '-', 'COUNT', self::WRITTEN_MAX) as [, $fields]) {
            $entry = Entry::parse((string) ($fields[1] ?? ''));
            if ($entry?->kind === 'event' && $entry->server === $server && $entry->fence === $fence) {
                $entries[] = $entry;
            }
        }

        return array_reverse($entries);
    }

    public function waitingCount(): int
    {
        return count($this->waiting);
    }

    private function write(float $now): void
    {
        while ($this->waiting !== [] && $now >= $this->notBefore) {
            $this->tellDropped();
            $batch = array_slice($this->waiting, 0, $this->batch);
            try {
                $refused = $this->send($batch);
            } catch (RedisException) {
                $this->isAway = true;
                $this->notBefore = $now + self::RETRY_SECONDS;

                return;
            }
            $this->isAway = false;
            $this->refusedCount += $refused;
            $this->writtenCount += count($batch) - $refused;
            $this->waiting = array_slice($this->waiting, count($batch));
            $this->waitingBytes -= array_sum(array_map(static fn(Entry $entry): int => $entry->bytes(), $batch));
            $this->firstAt = $now;
        }
    }

    /** @param list<Entry> $batch */
    private function send(array $batch): int
    {
        $arguments = [$this->settings->whole('bridge.max_length', min: 1)];
        foreach ($batch as $entry) {
            array_push(
                $arguments,
                $entry->server,
                $entry->fence,
                $entry->number,
                sprintf('%.6F', $entry->at),
                $entry->json,
            );
        }
        $answer = $this->store->script(
            self::WRITE,
            [
                $this->store->stream($this->settings->string('bridge.stream')),
                $this->store->key('fences'),
                $this->store->key('written'),
            ],
            $arguments,
        );
        $refused = 0;
        foreach (array_chunk($answer, 2) as [, $count]) {
            $refused += $count;
        }

        return $refused;
    }

    /** A whole batch at a time, so that a long outage is not one copy of the list an event. */
    private function dropOldest(): void
    {
        foreach (array_splice($this->waiting, 0, $this->batch) as $entry) {
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
                        'cause' => 'bridge',
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
