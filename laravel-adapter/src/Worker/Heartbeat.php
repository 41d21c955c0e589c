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
        private readonly WorkerParts $parts,
        private readonly ServerPool $pool,
        private readonly Watch $watch,
        private readonly Worker $worker,
    ) {
        $this->startedAt = microtime(as_float: true);
        $this->restartMark = $parts->records->restartMark();
        $this->ttl = min(self::RECORD_SECONDS, $parts->settings->number('cluster.lease', min: 0.5));
    }

    public static function newId(): string
    {
        $host = preg_replace('/[^A-Za-z0-9.-]/', '-', (string) gethostname());

        return "$host:" . getmypid() . ':' . bin2hex(random_bytes(2));
    }

    public function turn(float $now): float
    {
        $records = $this->parts->records;
        $records->put($this->parts->id, $this->record($now), $this->ttl);
        match ($records->asked($this->parts->id)) {
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

    public function finish(float $now): void
    {
        $this->parts->records->forget($this->parts->id);
    }

    /** @return array<string, mixed> */
    private function record(float $now): array
    {
        return [
            'host' => gethostname(),
            'pid' => getmypid(),
            'mode' => $this->parts->request->isShared ? 'cluster' : 'fixed',
            'started_at' => $this->startedAt,
            'seen_at' => microtime(as_float: true),
            'draining' => $this->worker->stopping !== null,
            'paused' => $this->worker->isPaused,
            'memory_bytes' => ResidentMemory::bytes(),
            'events' => $this->parts->statistics->events,
            'slowest' => $this->parts->statistics->slowest(),
            'sinks' => $this->parts->sink->status(),
            'servers' => $this->servers($now),
        ];
    }

    /** @return array<string, array<string, mixed>> */
    private function servers(float $now): array
    {
        // Without its enums: a record is data, whatever keeps it.
        $json = json_encode($this->parts->manager->health(), JSON_THROW_ON_ERROR | JSON_PRESERVE_ZERO_FRACTION);
        /** @var array<string, array<string, mixed>> $health */
        $health = json_decode($json, associative: true);
        $servers = [];
        foreach (array_map(strval(...), array_keys($this->pool->feeds())) as $server) {
            $history = $this->watch->history($server);
            $servers[$server] = [
                ...($health[$server] ?? []),
                'term' => $this->pool->term($server),
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
