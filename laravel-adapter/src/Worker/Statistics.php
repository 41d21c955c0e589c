<?php

declare(strict_types=1);

namespace Apn\AmiClient\Laravel\Worker;

/** What a worker delivered, which listener runs now, and which one took longest over one event. */
final class Statistics
{
    private const float WINDOW_SECONDS = 60.0;

    public private(set) int $events = 0;
    public private(set) ?string $running = null;
    public private(set) float $runningSince = 0.0;
    private ?string $slowest = null;
    private float $slowestSeconds = 0.0;
    private float $windowEnds = 0.0;

    public function delivered(): void
    {
        ++$this->events;
    }

    /**
     * Runs a listener and remembers how long it took.
     *
     * @param \Closure(): void $listener
     */
    public function measure(string $label, \Closure $listener): void
    {
        [$outer, $outerSince] = [$this->running, $this->runningSince];
        $began = Worker::now();
        $this->running = $label;
        $this->runningSince = $began;
        try {
            $listener();
        } finally {
            $ended = Worker::now();
            $this->running = $outer;
            $this->runningSince = $outerSince;
            if ($ended >= $this->windowEnds || ($ended - $began) > $this->slowestSeconds) {
                $this->slowest = $label;
                $this->slowestSeconds = $ended - $began;
                $this->windowEnds = $ended + self::WINDOW_SECONDS;
            }
        }
    }

    /** @return ?array{label: string, seconds: float} of the last minute or so */
    public function slowest(): ?array
    {
        return $this->slowest === null ? null : ['label' => $this->slowest, 'seconds' => $this->slowestSeconds];
    }
}
