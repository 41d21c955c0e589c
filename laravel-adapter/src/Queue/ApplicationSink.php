<?php

declare(strict_types=1);

namespace Apn\AmiClient\Laravel\Queue;

use Apn\AmiClient\AmiEvent;
use Apn\AmiClient\Laravel\Config\Settings;
use Apn\AmiClient\Laravel\Events\AmiGap;
use Apn\AmiClient\Laravel\Routing\EventRoutes;
use Apn\AmiClient\Laravel\Routing\Route;
use Apn\AmiClient\Laravel\Worker\EventScope;
use Apn\AmiClient\Laravel\Worker\ServerPool;
use Apn\AmiClient\Laravel\Worker\Sink;
use Apn\AmiClient\Laravel\Worker\Statistics;
use Illuminate\Contracts\Queue\Queue;
use Illuminate\Queue\InvalidPayloadException;
use Illuminate\Queue\Queue as LaravelQueue;
use Illuminate\Queue\QueueManager;
use Illuminate\Queue\RedisQueue;
use Illuminate\Support\Facades\Facade;
use RedisException;
use Throwable;
use WeakMap;

/**
 * The application's listeners, called in this process. The jobs that they queue wait here until they are pushed in bulk: in one
 * push, all that go to the same queue.
 *
 * What was dropped is told by AmiGap once the queue can be reached again: whoever rebuilds could not before.
 *
 * @extends Sink<WaitingJob>
 */
final class ApplicationSink extends Sink
{
    private const float RETRY_SECONDS_MAX = 5.0;
    /** What a job takes in memory beside the text of its event. */
    private const int JOB_BYTES = 1_500;

    private ?AmiEvent $event = null;
    private ?string $id = null;
    private string $lastId = '';

    /** @var WeakMap<object, string> event ids by job, for the payloads */
    private WeakMap $ids;

    public private(set) bool $isClosed = false;

    /** @param \Closure(Throwable): mixed $report */
    public function __construct(
        private readonly EventRoutes $routes,
        private readonly QueueManager $queues,
        Settings $settings,
        private readonly Statistics $statistics,
        private readonly \Closure $report,
    ) {
        $bytesMax = $settings->whole('queue.buffer_bytes', min: 65_536);
        parent::__construct('queue', $bytesMax, self::RETRY_SECONDS_MAX);
        $this->ids = new WeakMap();
    }

    public function routes(): array
    {
        return array_map(fn(Route $route): Route => $route->to(function (AmiEvent $event, string $id) use (
            $route,
        ): void {
            if ($this->lastId !== $id) {
                $this->lastId = $id;
                EventScope::reset();
            }
            $this->during($event, $id, static fn() => ($route->deliver)($event, $id));
        }), $this->routes->all());
    }

    public function gap(AmiGap $gap, string $term): void
    {
        EventScope::reset();
        $this->statistics->measure('listeners of AmiGap', fn() => event($gap));
    }

    /** From now on jobs that the application queues wait here. Their payload has the id of the event as "ami". */
    public function collectJobs(): void
    {
        LaravelQueue::createPayloadUsing(function (mixed $connection, mixed $queue, array $payload): array {
            $job = $payload['data']['command'] ?? null;
            $id = is_object($job) ? $this->ids[$job] ?? null : null;

            return $id === null ? [] : ['ami' => $id];
        });
        app()->instance('queue', new BufferedQueues($this->queues, $this));
        Facade::clearResolvedInstance('queue');
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

    /**
     * @param \BackedEnum|string|null $queue
     * @param \DateTimeInterface|\DateInterval|int|null $delay
     */
    public function add(string $connection, object|string $job, mixed $data, mixed $queue, mixed $delay = null): void
    {
        if (is_object($job) && $this->id !== null) {
            $this->ids[$job] = $this->id;
        }
        $this->wait(
            new WaitingJob(
                $connection,
                $queue instanceof \BackedEnum ? (string) $queue->value : $queue,
                $job,
                $data,
                $delay,
                $this->id,
                $this->event->receivedAt ?? microtime(as_float: true),
                self::JOB_BYTES + strlen(serialize($this->event)),
            ),
        );
    }

    /** From now on jobs go to their queue at once. */
    public function finish(float $now): void
    {
        $this->isClosed = true;
        parent::finish($now);
    }

    protected function write(): ?array
    {
        $batch = $this->batch();
        try {
            // What is in the queue was received before the next holder of its server logged in, so nothing is there twice.
            $servers = array_unique(array_filter(array_column($batch, 'server'), is_string(...)));
            $fences = $servers === [] ? [] : app(ServerPool::class)->fences(array_values($servers));
            $jobs = array_values(array_filter(
                $batch,
                static fn(WaitingJob $job): bool => (int) $job->term >= ($fences[$job->server ?? ''] ?? 0),
            ));
            if ($jobs !== []) {
                $this->send($jobs);
            }

            return [count($batch), count($batch) - count($jobs)];
        } catch (Throwable $error) {
            ($this->report)($error);

            return null;
        }
    }

    /** @return non-empty-list<WaitingJob> the oldest job, and those after it that go to the same queue without a delay */
    private function batch(): array
    {
        $first = $this->waiting[0];
        $others = array_slice($this->waiting, 1, self::WRITE_MAX - 1);
        $end = array_find_key($others, static fn(WaitingJob $job): bool => !$first->goesWith($job));

        return [$first, ...array_slice($others, 0, $end)];
    }

    /** @param non-empty-list<WaitingJob> $jobs */
    private function send(array $jobs): void
    {
        $first = $jobs[0];
        $queue = $this->queues->connection($first->connection);
        $redis = $queue instanceof RedisQueue ? $queue->getConnection() : null;
        $client = $redis?->client();
        $client = $client instanceof \Redis ? $client : null;
        $client?->clearLastError();
        try {
            count($jobs) > 1
                ? $queue->bulk(array_column($jobs, 'job'), $first->data, $first->queue)
                : self::pushOne($queue, $first);
        } catch (Throwable $error) {
            // A pipeline that broke off may hold half of its commands.
            if ($redis !== null) {
                $this->queues->getApplication()->make('redis')->purge($redis->getName());
            }
            self::isOfTheJob($error) ? $this->sendOneByOne($queue, $jobs) : throw $error;

            return;
        }
        // Laravel does not look at the answers of a pipeline: a Redis that is full refuses the jobs without an exception.
        $refusal = $client?->getLastError();
        if ($refusal !== null) {
            throw new RedisException($refusal);
        }
    }

    /** @param non-empty-list<WaitingJob> $jobs */
    private function sendOneByOne(Queue $queue, array $jobs): void
    {
        foreach ($jobs as $job) {
            try {
                self::pushOne($queue, $job);
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

    private static function pushOne(Queue $queue, WaitingJob $job): void
    {
        $job->delay === null
            ? $queue->push($job->job, $job->data, $job->queue)
            : $queue->later($job->delay, $job->job, $job->data, $job->queue);
    }

    /** Whether the job cannot be made a payload. */
    private static function isOfTheJob(Throwable $error): bool
    {
        return $error instanceof InvalidPayloadException || str_contains($error->getMessage(), 'erializ');
    }

    protected function written(): void
    {
        [$dropped, $this->dropped] = [$this->dropped, []];
        foreach ($dropped as $server => $what) {
            event(new AmiGap((string) $server, $what['from'], $what['to'], 'queue', $what['count']));
        }
    }
}
