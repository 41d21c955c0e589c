<?php

declare(strict_types=1);

namespace Apn\AmiClient\Laravel\Worker;

use Apn\AmiClient\AmiClientManager;
use Apn\AmiClient\Laravel\Records\Records;

/** Writes down that this worker is alive and how its servers are, and looks for what is asked of it. */
final class Heartbeat implements Task
{
    private readonly float $startedAt;
    private readonly string $restartMark;
    private ?Worker $worker = null;

    /** @param float $ttl seconds after which a silent worker counts as gone */
    public function __construct(
        public readonly string $id,
        private readonly string $mode,
        private readonly AmiClientManager $manager,
        private readonly ServerPool $pool,
        private readonly Watch $watch,
        private readonly Statistics $statistics,
        private readonly Sink $sink,
        private readonly Records $records,
        private readonly float $ttl,
    ) {
        $this->startedAt = microtime(as_float: true);
        $this->restartMark = $records->restartMark();
    }

    public static function newId(): string
    {
        return sprintf(
            '%s:%d:%s',
            preg_replace('/[^A-Za-z0-9.-]/', '-', (string) gethostname()),
            getmypid(),
            bin2hex(random_bytes(2)),
        );
    }

    public function attach(Worker $worker): void
    {
        $this->worker = $worker;
    }

    public function turn(float $now): float
    {
        $this->records->put($this->id, $this->record($now), $this->ttl);
        match ($this->records->asked($this->id)) {
            'drain' => $this->worker?->stop(StopReason::Drain),
            'pause' => $this->worker?->pause(),
            'continue' => $this->worker?->resume(),
            default => null,
        };
        if ($this->records->restartMark() !== $this->restartMark) {
            $this->worker?->stop(StopReason::Restart);
        }

        return $now + min(1.0, $this->ttl / 4);
    }

    public function finish(float $now): void
    {
        $this->records->forget($this->id);
    }

    /** @return array<string, mixed> */
    private function record(float $now): array
    {
        return [
            'host' => gethostname(),
            'pid' => getmypid(),
            'mode' => $this->mode,
            'started_at' => $this->startedAt,
            'seen_at' => microtime(as_float: true),
            'draining' => $this->worker?->isStopping() ?? false,
            'paused' => $this->worker?->isPaused() ?? false,
            'memory_bytes' => ResidentMemory::bytes(),
            'events' => $this->statistics->events,
            'slowest' => $this->statistics->slowest(),
            'sinks' => $this->sink->status(),
            'servers' => $this->servers($now),
        ];
    }

    /** @return array<string, array<string, mixed>> */
    private function servers(float $now): array
    {
        // Without its enums: a record is data, whatever keeps it.
        $health = json_decode(
            json_encode($this->manager->health(), JSON_THROW_ON_ERROR | JSON_PRESERVE_ZERO_FRACTION),
            associative: true,
        );
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
