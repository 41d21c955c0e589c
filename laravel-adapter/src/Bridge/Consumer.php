<?php

declare(strict_types=1);

namespace Apn\AmiClient\Laravel\Bridge;

use Apn\AmiClient\Laravel\Worker\QuietReport;
use Apn\AmiClient\Laravel\Worker\Worker;
use RedisException;
use Throwable;

/** One turn of `ami:consume`: takes entries, has them dispatched, acknowledges those that went well. */
final class Consumer
{
    /** Seconds between two looks for what others left. */
    private const float CLAIM_SECONDS = 5.0;
    private const float AWAY_SECONDS = 0.5;
    /** How often within the time after which others claim them it says that it still has its entries. */
    private const int KEEPS = 4;

    private float $claimAt = 0.0;

    public private(set) int $handled = 0;
    public private(set) int $failed = 0;
    public private(set) int $buried = 0;
    public private(set) int $refused = 0;

    private readonly QuietReport $reportQuietly;

    /** @param \Closure(Throwable): void $report */
    public function __construct(
        private readonly StreamReader $reader,
        private readonly Terms $terms,
        private readonly EntryDispatcher $dispatcher,
        private readonly DeadLetters $deadLetters,
        private readonly int $deliveriesMax,
        private readonly float $claimSeconds,
        private readonly \Closure $report,
    ) {
        $this->reportQuietly = new QuietReport($report);
    }

    /** @return bool whether there was something */
    public function step(float $waitSeconds): bool
    {
        try {
            $now = Worker::now();
            if ($now >= $this->claimAt) {
                $this->claimAt = $now + min(self::CLAIM_SECONDS, $this->claimSeconds);
                $this->handle($this->reader->claim());
                $this->reader->forgetTheDead();
            }
            $deliveries = $this->reader->read($waitSeconds);
            $this->handle($deliveries);

            return $deliveries !== [];
        } catch (RedisException $error) {
            ($this->reportQuietly)($error);
            usleep((int) (self::AWAY_SECONDS * 1e6));
            $this->openAgain($error);

            return false;
        }
    }

    /** A Redis that lost its memory has forgotten the group too: all that is in the stream then is new. */
    private function openAgain(RedisException $error): void
    {
        if (preg_match('/NOGROUP|no such key/i', $error->getMessage()) !== 1) {
            return;
        }
        try {
            $this->reader->open('0');
        } catch (RedisException $again) {
            ($this->reportQuietly)($again);
        }
    }

    /** @param list<Delivery> $deliveries */
    private function handle(array $deliveries): void
    {
        $stale = array_map(static fn(Delivery $delivery): string => $delivery->id, $this->terms->stale($deliveries));
        $this->refused += count($stale);
        $done = [];
        $keptAt = Worker::now();
        try {
            foreach ($deliveries as $place => $delivery) {
                if ((Worker::now() - $keptAt) > ($this->claimSeconds / self::KEEPS)) {
                    // Slow handlers: the others are to see that this consumer lives, and is at it.
                    $this->reader->acknowledge($done);
                    $done = [];
                    $this->reader->keep(array_column(array_slice($deliveries, $place), 'id'));
                    $keptAt = Worker::now();
                }
                if (in_array($delivery->id, $stale, strict: true) || $this->isDone($delivery)) {
                    $done[] = $delivery->id;
                }
            }
        } finally {
            $this->reader->acknowledge($done);
        }
    }

    private function isDone(Delivery $delivery): bool
    {
        if ($delivery->count > $this->deliveriesMax) {
            return $this->bury($delivery, "its consumers died with it, {$delivery->count} times");
        }
        if ($delivery->entry === null) {
            return $this->bury($delivery, 'it is no entry of the bridge');
        }
        try {
            $this->dispatcher->dispatch($delivery->entry);
            ++$this->handled;

            return true;
        } catch (Throwable $error) {
            ++$this->failed;
            ($this->report)($error);

            return (
                $delivery->count >= $this->deliveriesMax
                && $this->bury($delivery, $error::class . ": {$error->getMessage()}")
            );
        }
    }

    private function bury(Delivery $delivery, string $why): true
    {
        $this->deadLetters->bury($delivery, $this->reader->group, $why);
        ++$this->buried;

        return true;
    }
}
