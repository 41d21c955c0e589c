<?php

declare(strict_types=1);

namespace Apn\AmiClient\Laravel\Worker;

use Apn\AmiClient\AmiClientManager;
use Apn\AmiClient\Laravel\Bridge\StreamWriter;
use Apn\AmiClient\Laravel\Records\Records;

/** Tells the others that this worker lives and how its servers do, and hears whether it is to end. */
final class Heartbeat implements Duty
{
    private readonly float $startedAt;
    private readonly string $restartMark;
    private ?Worker $worker = null;
    public bool $isDraining = false;

    /** @param float $ttl seconds after which a silent worker counts as gone */
    public function __construct(
        public readonly string $id,
        private readonly string $mode,
        private readonly AmiClientManager $manager,
        private readonly Holder $holder,
        private readonly Watch $watch,
        private readonly Tally $tally,
        private readonly ?StreamWriter $writer,
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
        $this->beat($now);
        if ($this->records->isAskedToDrain($this->id)) {
            $this->worker?->stop(StopReason::Drain);
        } elseif ($this->records->restartMark() !== $this->restartMark) {
            $this->worker?->stop(StopReason::Restart);
        }

        return $now + min(1.0, $this->ttl / 4);
    }

    public function beat(float $now): void
    {
        $this->records->put($this->id, $this->record($now), $this->ttl);
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
            'draining' => $this->isDraining,
            'paused' => $this->worker?->isPaused() ?? false,
            'memory_bytes' => ResidentMemory::bytes(),
            'events' => $this->tally->events,
            'slowest' => $this->tally->slowest(),
            'bridge' => $this->writer === null
                ? null
                : [
                    'waiting' => $this->writer->waitingCount(),
                    'written' => $this->writer->writtenCount,
                    'dropped' => $this->writer->droppedCount,
                    'refused' => $this->writer->refusedCount,
                    'away' => $this->writer->isAway,
                ],
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
        foreach (array_map(strval(...), array_keys($this->holder->feeds())) as $server) {
            $story = $this->watch->story($server);
            $servers[$server] = [
                ...($health[$server] ?? []),
                'term' => $this->holder->term($server),
                'state_since' => $story->stateSince,
                'last_reason' => $story->lastReason?->value,
                'last_detail' => $story->lastDetail,
                'flaps_hour' => $story->flapsOfTheHour($now),
                'gaps' => $story->gaps,
            ];
        }

        return $servers;
    }
}
