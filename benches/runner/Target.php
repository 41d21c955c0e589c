<?php

declare(strict_types=1);

namespace Apn\AmiClient\Bench;

/** What a row shall reach: a figure, or its ratio to another one of the same run, at least or at most so much. */
final readonly class Target
{
    private function __construct(
        public string $figure,
        public ?string $against,
        public float $bound,
        public bool $isLeast,
    ) {}

    public static function atLeast(float $bound, string $figure, ?string $against = null): self
    {
        return new self($figure, $against, $bound, true);
    }

    public static function atMost(float $bound, string $figure, ?string $against = null): self
    {
        return new self($figure, $against, $bound, false);
    }

    /**
     * The median over the runs: a ratio is taken within each run, where both sides met the same machine.
     *
     * @param list<array<string, float>> $runs
     */
    public function value(array $runs): float
    {
        return Statistics::median(array_map(fn(array $run): float => $this->against === null
            ? $run[$this->figure]
            : $run[$this->figure] / $run[$this->against], $runs));
    }

    public function isMet(float $value): bool
    {
        return $this->isLeast ? $value >= $this->bound : $value <= $this->bound;
    }
}
