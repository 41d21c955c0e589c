<?php

declare(strict_types=1);

namespace Apn\AmiClient\Laravel\Worker;

use Apn\AmiClient\Laravel\Events\AmiGap;

/** All places where a worker's events go. */
final readonly class Sinks implements Sink
{
    /** @param list<Sink> $sinks */
    public function __construct(
        public array $sinks,
    ) {}

    public function routes(): array
    {
        return array_merge([], ...array_map(static fn(Sink $sink): array => $sink->routes(), $this->sinks));
    }

    public function gap(AmiGap $gap, string $term): void
    {
        foreach ($this->sinks as $sink) {
            $sink->gap($gap, $term);
        }
    }

    public function flush(): bool
    {
        $isFlushed = true;
        foreach ($this->sinks as $sink) {
            $isFlushed = $sink->flush() && $isFlushed;
        }

        return $isFlushed;
    }

    public function status(): array
    {
        return array_merge([], ...array_map(static fn(Sink $sink): array => $sink->status(), $this->sinks));
    }
}
