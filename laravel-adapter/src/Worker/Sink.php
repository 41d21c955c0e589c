<?php

declare(strict_types=1);

namespace Apn\AmiClient\Laravel\Worker;

use Apn\AmiClient\Laravel\Events\AmiGap;
use Apn\AmiClient\Laravel\Routing\Route;
use RuntimeException;

/**
 * A place where a worker's events go, and what waits for it until it is written in batches: it may be out of reach.
 *
 * One write is made in a turn of the loop. While the place cannot be reached, entries wait in bounded memory: the oldest
 * are dropped first, and are counted.
 *
 * @template T of Waiting
 */
abstract class Sink implements Task
{
    /** Entries of one write at most. */
    protected const int WRITE_MAX = 4_000;
    /** Entries that are worth a write before the first of them has waited. */
    private const int WRITE_MIN = 100;
    private const float WAIT_SECONDS = 0.02;
    /** The same while the worker is behind: fewer and larger writes leave it more time where the place is far away. */
    private const float BEHIND_SECONDS = 0.5;
    private const float IDLE_SECONDS = 0.25;
    private const float RETRY_SECONDS = 0.5;

    /** @var list<T> */
    protected array $waiting = [];

    /** @var array<string, array{from: float, to: float, count: int}> dropped and not told yet, by server */
    protected array $dropped = [];
    private int $waitingBytes = 0;
    private float $firstAt = 0.0;
    private float $notBefore = 0.0;
    private float $retrySeconds = self::RETRY_SECONDS;

    public private(set) int $writtenCount = 0;
    public protected(set) int $droppedCount = 0;
    public private(set) int $refusedCount = 0;
    public private(set) bool $isAway = false;
    /** True while more events wait for the worker than it delivered in its last turn. */
    public bool $isBehind = false;

    /**
     * @param string $name of the place
     * @param float $retrySecondsMax up to which the time between two tries doubles
     */
    public function __construct(
        private readonly string $name,
        private readonly int $bytesMax,
        private readonly float $retrySecondsMax = self::RETRY_SECONDS,
    ) {}

    /** @return list<Route> the events that go there */
    abstract public function routes(): array;

    /** @param string $term under which the server is held */
    abstract public function gap(AmiGap $gap, string $term): void;

    /** Writes once if enough waits or the first entry has waited long enough, and returns when to come again. */
    public function turn(float $now): float
    {
        [$seconds, $enough] = $this->isBehind
            ? [self::BEHIND_SECONDS, self::WRITE_MAX]
            : [self::WAIT_SECONDS, self::WRITE_MIN];
        $isEnough = count($this->waiting) >= $enough || $this->waitingBytes >= ($this->bytesMax / 2);
        if ($this->waiting !== [] && $now >= $this->notBefore && ($isEnough || $now >= ($this->firstAt + $seconds))) {
            $this->writeOnce();
        }

        return match (true) {
            $this->waiting === [] => $now + self::IDLE_SECONDS,
            $this->isAway => $this->notBefore,
            default => $this->firstAt + $seconds,
        };
    }

    /** @throws RuntimeException where the place cannot be reached: what waits is lost with the process */
    public function finish(float $now): void
    {
        if (!$this->flush()) {
            $lost = count($this->waiting) . ' entries are lost with this worker';
            throw new RuntimeException("The {$this->name} cannot be reached: $lost.");
        }
    }

    /** Writes everything now; false where the place cannot be reached. */
    public function flush(): bool
    {
        while ($this->waiting !== [] && $this->writeOnce()) {
        }

        return $this->waiting === [];
    }

    /** @return array<string, array{waiting: int, written: int, dropped: int, refused: int, away: bool}> by name */
    public function status(): array
    {
        return [
            $this->name => [
                'waiting' => count($this->waiting),
                'written' => $this->writtenCount,
                'dropped' => $this->droppedCount,
                'refused' => $this->refusedCount,
                'away' => $this->isAway,
            ],
        ];
    }

    /** @return ?array{int, int} how many of the oldest were written or refused, and how many refused; null where it cannot be reached */
    abstract protected function write(): ?array;

    /** Called after a write that succeeded. */
    protected function written(): void {}

    /** @param T $entry */
    protected function wait(Waiting $entry): void
    {
        if ($this->waiting === []) {
            $this->firstAt = Worker::now();
        }
        $this->waiting[] = $entry;
        $this->waitingBytes += $entry->bytes;
        if ($this->waitingBytes > $this->bytesMax) {
            $this->dropOldest();
        }
    }

    /** @param T $entry */
    protected function insert(int $place, Waiting $entry): void
    {
        array_splice($this->waiting, $place, 0, [$entry]);
        $this->waitingBytes += $entry->bytes;
    }

    private function writeOnce(): bool
    {
        $written = $this->write();
        $this->isAway = $written === null;
        if ($written === null) {
            $this->notBefore = Worker::now() + $this->retrySeconds;
            $this->retrySeconds = min($this->retrySecondsMax, $this->retrySeconds * 2);

            return false;
        }
        [$count, $refused] = $written;
        $this->retrySeconds = self::RETRY_SECONDS;
        $this->writtenCount += $count - $refused;
        $this->refusedCount += $refused;
        $this->take($count);
        $this->firstAt = Worker::now();
        $this->written();

        return true;
    }

    /** Many at a time, so that a long outage is not one copy of the list an event. */
    private function dropOldest(): void
    {
        foreach ($this->take(self::WRITE_MIN) as $entry) {
            ++$this->droppedCount;
            if ($entry->server !== null) {
                $before = $this->dropped[$entry->server] ?? ['from' => $entry->at, 'count' => 0];
                $this->dropped[$entry->server] = [...$before, 'to' => $entry->at, 'count' => $before['count'] + 1];
            }
        }
    }

    /** @return list<T> the oldest, which wait no longer */
    private function take(int $count): array
    {
        /** @var list<T> $taken */
        $taken = array_splice($this->waiting, 0, $count);
        foreach ($taken as $entry) {
            $this->waitingBytes -= $entry->bytes;
        }

        return $taken;
    }
}
