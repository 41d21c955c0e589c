<?php

declare(strict_types=1);

namespace Apn\AmiClient\Bench;

/** A row as horizontal bars, in an SVG that reads well on light and on dark pages. */
final class Plot
{
    private const int WIDTH = 760;
    private const int LABELS = 300;
    private const int VALUES = 130;
    private const int STEP = 26;
    private const int BAR = 16;

    public static function of(Result $result): string
    {
        $figures = $result->figures();
        $medians = array_map($result->median(...), $figures);
        $highest = max([...$medians, 1e-12]);
        $room = self::WIDTH - self::LABELS - self::VALUES;
        // A bar too short to be seen is still one.
        $length = static fn(float $value): float => max(1.0, ($room * $value) / $highest);

        $bars = '';
        foreach ($figures as $at => $figure) {
            $y = $at * self::STEP;
            $bars .= sprintf(
                '<text class="label" x="%d" y="%d">%s</text><rect class="%s" x="%d" y="%d" width="%.1f" height="%d"/><text x="%.1f" y="%d">%s</text>'
                . "\n",
                self::LABELS - 8,
                $y + self::BAR,
                htmlspecialchars($figure),
                self::side($figure),
                self::LABELS,
                $y + 4,
                $length($medians[$at]),
                self::BAR,
                self::LABELS + $length($medians[$at]) + 6,
                $y + self::BAR,
                htmlspecialchars(Number::short($medians[$at], $result->unit)),
            );
        }
        $height = (count($figures) * self::STEP) + 4;
        [$width, $title] = [self::WIDTH, htmlspecialchars($result->title)];

        return <<<SVG
            <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 $width $height" role="img" aria-label="$title">
            <style>
            text { font: 13px system-ui, sans-serif; fill: #1f2328 } .label { text-anchor: end }
            .ours { fill: #0969da } .php { fill: #bc4c00 } .limit { fill: #8c959f }
            @media (prefers-color-scheme: dark) { text { fill: #e6edf3 } .ours { fill: #4493f8 } .php { fill: #db6d28 } }
            </style>
            $bars</svg>

            SVG;
    }

    /** Whose figure it is, by the name that the row gives it. */
    private static function side(string $figure): string
    {
        return match (true) {
            str_contains($figure, 'plain PHP') => 'php',
            str_contains($figure, 'memchr'),
            str_contains($figure, 'recv'),
            str_contains($figure, 'bare loop'),
            str_contains($figure, 'budget'),
            str_contains($figure, 'configured'),
                => 'limit',
            default => 'ours',
        };
    }
}
