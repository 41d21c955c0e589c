<?php

declare(strict_types=1);

namespace Apn\AmiClient\Bench;

/** Where a share of many measurements lies below. */
final class Distribution
{
    /**
     * @param non-empty-list<float> $values
     *
     * @return array{p50: float, p99: float}
     */
    public static function of(array $values): array
    {
        sort($values);
        $last = count($values) - 1;

        return ['p50' => $values[(int) ($last * 0.5)], 'p99' => $values[(int) ($last * 0.99)]];
    }
}
