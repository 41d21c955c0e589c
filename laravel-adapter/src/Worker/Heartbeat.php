<?php

declare(strict_types=1);

namespace Apn\AmiClient\Laravel\Worker;

/** Writes down that this worker is alive and how its servers are, and looks for what is asked of it. */
final class Heartbeat implements Task
{
    /** Seconds after which a worker that does not report counts as gone. */
    private const float RECORD_SECONDS = 10.0;

    private readonly float $startedAt;
    private readonly string $restartMark;
    private readonly float $ttl;

    public function __construct(
        private readonly Worker $worker,
        private readonly Watch $watch,
    ) {
        $this->startedAt = microtime(as_float: true);
        $this->restartMark = $worker->records->restartMark();
        $this->ttl = min(self::RECORD_SECONDS, $worker->settings->number('cluster.lease', min: 0.5));
    }

    public function turn(float $now): float
    {
        $memory = $this->worker->request->memoryBytesMax;
        if ($memory > 0 && ResidentMemory::bytes() > $memory) {
            $this->worker->stop(StopReason::Memory);
        }
        $records = $this->worker->records;
        $records->put($this->worker->id, $this->record($now), $this->ttl);
        match ($records->asked($this->worker->id)) {
            'drain' => $this->worker->stop(StopReason::Drain),
            'pause' => $this->worker->pause(),
            'continue' => $this->worker->pause(false),
            default => null,
        };
        if ($records->restartMark() !== $this->restartMark) {
            $this->worker->stop(StopReason::Restart);
        }

        return $now + min(1.0, $this->ttl / 4);
    }

    public function finish(float $now): void {}

    /** @return array<string, mixed> */
    private function record(float $now): array
    {
        return [
            'host' => gethostname(),
            'pid' => getmypid(),
            'mode' => $this->worker->request->isShared ? 'cluster' : 'fixed',
            'started_at' => $this->startedAt,
            'seen_at' => microtime(as_float: true),
            'draining' => $this->worker->stopping !== null,
            'paused' => $this->worker->isPaused,
            'memory_bytes' => ResidentMemory::bytes(),
            'events' => $this->worker->statistics->events,
            'slowest' => $this->worker->statistics->slowest(),
            'sinks' => $this->worker->sinkStatus(),
            'servers' => $this->servers($now),
        ];
    }

    /** @return array<string, array<string, mixed>> */
    private function servers(float $now): array
    {
        // Without its enums: a record is data, whatever keeps it.
        $json = json_encode($this->worker->manager->health(), JSON_THROW_ON_ERROR | JSON_PRESERVE_ZERO_FRACTION);
        /** @var array<string, array<string, mixed>> $health */
        $health = json_decode($json, associative: true);
        $servers = [];
        foreach ($this->worker->pool->feeds() as $server => $feed) {
            $history = $this->watch->history((string) $server);
            $servers[$server] = [
                ...($health[$server] ?? []),
                'term' => $feed->term,
                'state_since' => $history->stateSince,
                'last_reason' => $history->lastReason?->value,
                'last_detail' => $history->lastDetail,
                'flaps_hour' => $history->flapsOfTheHour($now),
                'gaps' => $history->gaps,
            ];
        }

        return $servers;
    }
}
