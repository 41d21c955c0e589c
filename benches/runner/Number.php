<?php

declare(strict_types=1);

namespace Apn\AmiClient\Bench;

/** Numbers as people read them: three digits and a unit. */
final class Number
{
    public static function short(float $value, string $unit): string
    {
        return match (true) {
            $unit === 'times' => sprintf('%.2f', $value),
            $unit === 's' && $value < 1e-3 => sprintf('%.3g µs', $value * 1e6),
            $unit === 's' && $value < 1 => sprintf('%.3g ms', $value * 1e3),
            $unit === 's' => sprintf('%.3g s', $value),
            $unit === 'bytes' && $value >= 1_048_576 => sprintf('%.1f MiB', $value / 1_048_576),
            $unit === 'bytes' && $value >= 1_024 => sprintf('%.1f KiB', $value / 1_024),
            default => number_format((float) sprintf('%.3g', $value)) . " $unit",
        };
    }
}
