<?php

declare(strict_types=1);

namespace Apn\AmiClient\Bench;

final class Statistics
{
    /** @param non-empty-list<float> $values */
    public static function median(array $values): float
    {
        sort($values);
        $half = intdiv(count($values), 2);

        return (count($values) % 2) === 1 ? $values[$half] : ($values[$half - 1] + $values[$half]) / 2;
    }
}
