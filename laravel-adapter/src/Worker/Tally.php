<?php

declare(strict_types=1);

namespace Apn\AmiClient\Laravel\Worker;

/** What a worker delivered, and which listener took longest over one event. */
final class Tally
{
    private const float WINDOW_SECONDS = 60.0;

    public private(set) int $events = 0;
    private ?string $slowest = null;
    private float $slowestSeconds = 0.0;
    private float $windowEnds = 0.0;

    public function delivered(): void
    {
        ++$this->events;
    }

    public function took(string $label, float $seconds, float $now): void
    {
        if ($now >= $this->windowEnds || $seconds > $this->slowestSeconds) {
            $this->slowest = $label;
            $this->slowestSeconds = $seconds;
            $this->windowEnds = $now + self::WINDOW_SECONDS;
        }
    }

    /** @return ?array{label: string, seconds: float} of the last minute or so */
    public function slowest(): ?array
    {
        return $this->slowest === null ? null : ['label' => $this->slowest, 'seconds' => $this->slowestSeconds];
    }
}
