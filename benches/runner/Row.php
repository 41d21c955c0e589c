<?php

declare(strict_types=1);

namespace Apn\AmiClient\Bench;

/** One subject of the bench: what is measured in one run, ours and what it is compared with in turn. */
final readonly class Row
{
    /**
     * @param string $unit of every figure: "/s", "s", "bytes"
     * @param \Closure(Programs): array<string, float> $measure one run, figures by their names
     * @param list<Target> $targets
     */
    public function __construct(
        public string $name,
        public string $title,
        public string $unit,
        public \Closure $measure,
        public array $targets,
    ) {}
}
