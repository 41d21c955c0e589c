<?php

declare(strict_types=1);

namespace Apn\AmiClient\Bench;

/** The table that `make bench` prints. */
final class Table
{
    /** @param list<Result> $results */
    public static function text(array $results): string
    {
        $lines = [];
        foreach ($results as $result) {
            $lines[] = [sprintf('%s (%s)', $result->title, $result->name), '', '', ''];
            foreach ($result->figures() as $figure) {
                $spread = sprintf('± %.0f %%', $result->spread($figure) * 100);
                $lines[] = ["  $figure", Number::short($result->median($figure), $result->unit), $spread, ''];
            }
            foreach ($result->targets as $target) {
                $met = $target['met'] ? 'reached' : 'not reached';
                $value = Number::short($target['value'], $target['unit']);
                $lines[] = ["  > $target[text]", $value, $target['bound'], $met];
            }
        }

        return self::align($lines) . "\n" . self::footer($results);
    }

    /** @param list<array{string, string, string, string}> $lines */
    private static function align(array $lines): string
    {
        $text = '';
        $cells = array_filter($lines, static fn(array $line): bool => $line[1] !== '');
        $widths = array_map(
            static fn(int $column): int => max([0, ...array_map(mb_strlen(...), array_column($cells, $column))]),
            range(0, 3),
        );
        foreach ($lines as [$name, $value, $spread, $met]) {
            $text .=
                rtrim(sprintf(
                    '%s  %s  %s  %s',
                    mb_str_pad($name, $widths[0]),
                    mb_str_pad($value, $widths[1], ' ', STR_PAD_LEFT),
                    mb_str_pad($spread, $widths[2]),
                    $met,
                )) . "\n";
        }

        return $text;
    }

    /** @param list<Result> $results */
    private static function footer(array $results): string
    {
        $machines = array_unique(array_map(static fn(Result $result): string => $result->machine, $results));
        $runs = array_unique(array_map(static fn(Result $result): int => count($result->runs), $results));

        return 'median of ' . implode(' or ', $runs) . ' runs, half the spread; ' . implode('; ', $machines) . "\n";
    }
}
