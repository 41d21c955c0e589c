<?php

declare(strict_types=1);

namespace Apn\AmiClient\Laravel\Queue;

use Apn\AmiClient\AmiEvent;
use Apn\AmiClient\Laravel\Events\AmiGap;
use Apn\AmiClient\Laravel\Worker\Worker;
use Illuminate\Queue\QueueManager;
use Illuminate\Queue\RedisQueue;
use RedisException;
use Throwable;
use WeakMap;

/**
 * Jobs that listeners of this worker queued, until they are pushed in bulk.
 *
 * One push is made in a turn of the loop, of all jobs that wait for the same queue. While the queue cannot be reached, jobs
 * wait in bounded memory: the oldest are dropped first, are counted, and AmiGap tells of them.
 */
final class JobBuffer
{
    /** Jobs of one push. */
    private const int PUSH_MAX = 1_000;
    /** Jobs that are worth a push before the first of them has waited. */
    private const int PUSH_MIN = 100;
    private const float WAIT_SECONDS = 0.02;
    private const float IDLE_SECONDS = 0.25;
    private const float RETRY_SECONDS = 0.5;
    private const float RETRY_SECONDS_MAX = 5.0;
    /** What a job takes in memory beside the text of its event. */
    private const int JOB_BYTES = 1_500;

    /** @var list<array{connection: ?string, queue: ?string, job: mixed, data: mixed, delay: mixed, id: ?string, at: float, bytes: int}> */
    private array $waiting = [];
    private int $waitingBytes = 0;
    private float $firstAt = 0.0;
    private float $notBefore = 0.0;
    private float $retrySeconds = self::RETRY_SECONDS;
    private ?AmiEvent $event = null;
    private ?string $id = null;

    /** @var array<string, array{from: float, to: float, count: int}> dropped and not told yet, by server */
    private array $dropped = [];

    /** @var WeakMap<object, string> event ids by job, for the payloads */
    private WeakMap $ids;

    public private(set) int $pushedCount = 0;
    public private(set) int $droppedCount = 0;
    public private(set) int $refusedCount = 0;
    public private(set) bool $isAway = false;
    public private(set) bool $isClosed = false;

    /**
     * @param \Closure(array<string, list<string>>): list<string> $expired see ServerPool::expired()
     * @param \Closure(AmiGap): void $tellGap
     * @param \Closure(Throwable): void $report
     */
    public function __construct(
        private readonly QueueManager $queues,
        private readonly int $bytesMax,
        private readonly \Closure $expired,
        private readonly \Closure $tellGap,
        private readonly \Closure $report,
    ) {
        $this->ids = new WeakMap();
    }

    /**
     * Every job that is queued meanwhile belongs to that event.
     *
     * @param \Closure(): void $listener
     */
    public function during(AmiEvent $event, string $id, \Closure $listener): void
    {
        [$outerEvent, $outerId] = [$this->event, $this->id];
        [$this->event, $this->id] = [$event, $id];
        try {
            $listener();
        } finally {
            [$this->event, $this->id] = [$outerEvent, $outerId];
        }
    }

    public function add(?string $connection, mixed $job, mixed $data, mixed $queue, mixed $delay = null): void
    {
        if ($this->waiting === []) {
            $this->firstAt = Worker::now();
        }
        if (is_object($job) && $this->id !== null) {
            $this->ids[$job] = $this->id;
        }
        $bytes = self::JOB_BYTES + $this->eventBytes();
        $this->waiting[] = [
            'connection' => $connection,
            'queue' => $queue instanceof \BackedEnum ? (string) $queue->value : $queue,
            'job' => $job,
            'data' => $data,
            'delay' => $delay,
            'id' => $this->id,
            'at' => $this->event->receivedAt ?? microtime(as_float: true),
            'bytes' => $bytes,
        ];
        $this->waitingBytes += $bytes;
        if ($this->waitingBytes > $this->bytesMax) {
            $this->dropOldest();
        }
    }

    /** The id of the event that the job was queued for: part of its payload, as "ami". */
    public function idOf(mixed $job): ?string
    {
        return is_object($job) ? $this->ids[$job] ?? null : null;
    }

    public function waitingCount(): int
    {
        return count($this->waiting);
    }

    /** Pushes once if enough waits or the first job has waited long enough, and returns when to come again. */
    public function turn(float $now): float
    {
        $isDue = count($this->waiting) >= self::PUSH_MIN || $now >= ($this->firstAt + self::WAIT_SECONDS);
        if ($this->waiting !== [] && $isDue && $now >= $this->notBefore) {
            $this->push();
        }

        return match (true) {
            $this->waiting === [] => $now + self::IDLE_SECONDS,
            $this->isAway => $this->notBefore,
            default => min($now + self::WAIT_SECONDS, $this->firstAt + self::WAIT_SECONDS),
        };
    }

    /** From now on jobs go to their queue at once: the worker ends. */
    public function close(): void
    {
        $this->isClosed = true;
    }

    /** Pushes everything; false where the queue cannot be reached. */
    public function flush(): bool
    {
        while ($this->waiting !== [] && $this->push()) {
        }

        return $this->waiting === [];
    }

    private function push(): bool
    {
        $batch = $this->batch();
        try {
            $stale = $this->refuseExpired($batch);
            $jobs = array_values(array_diff_key($batch, $stale));
            if ($jobs !== []) {
                $this->send($jobs);
            }
        } catch (Throwable $error) {
            $this->isAway = true;
            $this->notBefore = Worker::now() + $this->retrySeconds;
            $this->retrySeconds = min(self::RETRY_SECONDS_MAX, $this->retrySeconds * 2);
            ($this->report)($error);

            return false;
        }
        $this->isAway = false;
        $this->retrySeconds = self::RETRY_SECONDS;
        $this->pushedCount += count($jobs);
        $this->refusedCount += count($stale);
        $this->waiting = array_slice($this->waiting, count($batch));
        foreach ($batch as $job) {
            $this->waitingBytes -= $job['bytes'];
        }
        $this->firstAt = Worker::now();
        $this->tellDropped();

        return true;
    }

    /**
     * The oldest job, and those after it that go to the same queue without a delay.
     *
     * @return non-empty-list<array<string, mixed>>
     */
    private function batch(): array
    {
        $first = $this->waiting[0];
        $batch = [$first];
        foreach (array_slice($this->waiting, 1, self::PUSH_MAX - 1) as $next) {
            if (
                $first['delay'] !== null
                || $next['delay'] !== null
                || [$next['connection'], $next['queue'], $next['data']] !== [
                    $first['connection'],
                    $first['queue'],
                    $first['data'],
                ]
            ) {
                break;
            }
            $batch[] = $next;
        }

        return $batch;
    }

    /**
     * What is in the queue was received before the next holder of its server logged in, so nothing is there twice.
     *
     * @param list<array<string, mixed>> $batch
     *
     * @return array<int, mixed> by place in the batch
     */
    private function refuseExpired(array $batch): array
    {
        $terms = [];
        foreach ($batch as $job) {
            if ($job['id'] !== null) {
                [$server, $term] = explode(':', $job['id']);
                $terms[$server][$term] = $term;
            }
        }
        $expired = $terms === []
            ? []
            : ($this->expired)(array_map(static fn(array $of): array => array_map(
                strval(...),
                array_values($of),
            ), $terms));

        return array_filter(
            $batch,
            static fn(array $job): bool => $job['id'] !== null
            && in_array(substr($job['id'], 0, (int) strrpos($job['id'], ':')), $expired, strict: true),
        );
    }

    /** @param non-empty-list<array<string, mixed>> $jobs */
    private function send(array $jobs): void
    {
        ['connection' => $connection, 'queue' => $name, 'data' => $data, 'delay' => $delay] = $jobs[0];
        $queue = $this->queues->connection($connection);
        $redis = $queue instanceof RedisQueue ? $queue->getConnection() : null;
        $client = $redis?->client();
        $client = $client instanceof \Redis ? $client : null;
        $client?->clearLastError();
        try {
            if ($delay !== null) {
                $queue->later($delay, $jobs[0]['job'], $data, $name);
            } else {
                $queue->bulk(array_column($jobs, 'job'), $data, $name);
            }
        } catch (Throwable $error) {
            // A pipeline that broke off may hold half of its commands.
            if ($redis !== null) {
                $this->queues->getApplication()->make('redis')->purge($redis->getName());
            }
            if (!self::isOfTheJob($error) || $delay !== null) {
                throw $error;
            }
            $this->sendOneByOne($queue, $jobs);

            return;
        }
        // Laravel does not look at the answers of a pipeline: a Redis that is full refuses the jobs without an exception.
        $refusal = $client?->getLastError();
        if ($refusal !== null) {
            throw new RedisException($refusal);
        }
    }

    /** @param non-empty-list<array<string, mixed>> $jobs */
    private function sendOneByOne(\Illuminate\Contracts\Queue\Queue $queue, array $jobs): void
    {
        foreach ($jobs as $job) {
            try {
                $queue->push($job['job'], $job['data'], $job['queue']);
            } catch (Throwable $error) {
                if (!self::isOfTheJob($error)) {
                    throw $error;
                }
                // It never can be pushed, so it must not hold up the others.
                ++$this->droppedCount;
                ($this->report)($error);
            }
        }
    }

    /** Whether the job cannot be made a payload. */
    private static function isOfTheJob(Throwable $error): bool
    {
        return $error instanceof \Illuminate\Queue\InvalidPayloadException
        || str_contains($error->getMessage(), 'erializ');
    }

    private function eventBytes(): int
    {
        $bytes = 0;
        foreach ($this->event?->getRawHeaders() ?? [] as [$name, $value]) {
            $bytes += strlen($name) + strlen($value) + 4;
        }

        return $bytes;
    }

    private function dropOldest(): void
    {
        foreach (array_splice($this->waiting, 0, self::PUSH_MIN) as $job) {
            $this->waitingBytes -= $job['bytes'];
            ++$this->droppedCount;
            if ($job['id'] !== null) {
                $server = explode(':', $job['id'])[0];
                $known = $this->dropped[$server] ?? ['from' => $job['at'], 'to' => $job['at'], 'count' => 0];
                $this->dropped[$server] = [...$known, 'to' => $job['at'], 'count' => $known['count'] + 1];
            }
        }
    }

    private function tellDropped(): void
    {
        $dropped = $this->dropped;
        $this->dropped = [];
        foreach ($dropped as $server => $what) {
            ($this->tellGap)(new AmiGap((string) $server, $what['from'], $what['to'], 'queue', $what['count']));
        }
    }
}
