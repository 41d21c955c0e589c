<?php

/**
 * Checks whether memory grows: `php Plot.php SAMPLES SVG`. It fits lines to the second half of the samples, when every cache
 * is full, and draws their median. The line may rise by at most the scatter of the samples around it.
 */

declare(strict_types=1);

namespace Apn\AmiClient\Tests\Soak;

final readonly class Plot
{
    private const int WIDTH = 800;
    private const int HEIGHT = 300;

    private const int STRETCHES = 10;

    /** Fewest samples for a result. */
    private const int SAMPLES_MIN = 30;

    /** A smaller rise comes from the allocator and the caches. A leak of a few bytes for each event exceeds it within a minute. */
    private const float STEP_KIB = 4_096.0;

    /** @param list<array{float, float, float, float}> $samples seconds, events, resident KiB, KiB of PHP's own allocator */
    public function __construct(
        private array $samples,
    ) {}

    public static function read(string $file): self
    {
        $lines = array_slice(file($file, FILE_IGNORE_NEW_LINES | FILE_SKIP_EMPTY_LINES) ?: [], 1);

        return new self(array_map(static fn(string $line): array => array_map(
            floatval(...),
            explode(',', $line),
        ), $lines));
    }

    public function says(): bool
    {
        return count($this->samples) >= self::SAMPLES_MIN;
    }

    /**
     * A leak grows all the time, but the allocator's high-water mark only at times. So the result is the median of the slopes of
     * stretches, compared with the scatter of the samples within them.
     *
     * @return array{rise: float, noise: float, perMillion: float, from: float, to: float} in KiB, over the second half
     */
    public function fit(): array
    {
        $half = array_slice($this->samples, intdiv(count($this->samples), 2));
        $events = array_column($half, 1);
        $span = max([0.0, ...$events]) - min([INF, ...$events]);
        $slopes = $scatter = [];
        foreach (array_chunk($half, max(3, intdiv(count($half), self::STRETCHES))) as $stretch) {
            [$slope, $deviations] = self::line(array_column($stretch, 1), array_column($stretch, 2));
            $slopes[] = $slope;
            array_push($scatter, ...$deviations);
        }
        $slope = self::median($slopes);
        $middle = self::median(array_column($half, 2));
        $squares = array_sum(array_map(static fn(float $deviation): float => $deviation ** 2, $scatter));

        return [
            'rise' => $slope * $span,
            'noise' => max(4.0 * sqrt($squares / max(count($scatter), 1)), self::STEP_KIB),
            'perMillion' => $slope * 1e6,
            'from' => $middle - (($slope * $span) / 2.0),
            'to' => $middle + (($slope * $span) / 2.0),
        ];
    }

    /**
     * Fits a line by least squares.
     *
     * @param list<float> $x
     * @param list<float> $y
     *
     * @return array{float, list<float>} its slope, and how far the points are from it
     */
    private static function line(array $x, array $y): array
    {
        $count = count($x);
        $meanX = array_sum($x) / $count;
        $meanY = array_sum($y) / $count;
        $over = $under = 0.0;
        foreach ($x as $at => $events) {
            $over += ($events - $meanX) * ($y[$at] - $meanY);
            $under += ($events - $meanX) ** 2;
        }
        $slope = $under > 0.0 ? $over / $under : 0.0;

        return [
            $slope,
            array_map(static fn(float $x, float $y): float => $y - $meanY - ($slope * ($x - $meanX)), $x, $y),
        ];
    }

    /** @param list<float> $values */
    private static function median(array $values): float
    {
        sort($values);

        return $values[intdiv(count($values), 2)] ?? 0.0;
    }

    public function svg(): string
    {
        $fit = $this->fit();
        $events = array_column($this->samples, 1);
        $resident = array_column($this->samples, 2);
        $top = max([1.0, ...$resident]) * 1.1;
        $last = max([1.0, ...$events]);
        $place = static fn(float $x, float $y): string => sprintf(
            '%.1f,%.1f',
            ($x / $last) * self::WIDTH,
            self::HEIGHT * (1.0 - ($y / $top)),
        );
        $line = static fn(array $values): string => implode(' ', array_map($place, $events, $values));
        $half = $events[intdiv(count($events), 2)] ?? 0.0;

        return sprintf(<<<'SVG'
            <svg xmlns="http://www.w3.org/2000/svg" viewBox="-70 -30 900 370" font-family="sans-serif" font-size="12">
            <rect x="-70" y="-30" width="900" height="370" fill="white"/>
            <path d="M0,0 V%2$d H%1$d" fill="none" stroke="black"/>
            <text x="-8" y="4" text-anchor="end">%3$d KiB</text><text x="-8" y="%2$d" text-anchor="end">0</text>
            <text x="%1$d" y="320" text-anchor="end">%4$s events</text>
            <polyline points="%5$s" fill="none" stroke="steelblue" stroke-width="1.5"/>
            <polyline points="%6$s" fill="none" stroke="gray"/>
            <polyline points="%7$s %8$s" fill="none" stroke="crimson" stroke-dasharray="6 3" stroke-width="2"/>
            <text x="10" y="-10">resident (blue), PHP's allocator (gray), the fit: %9$.1f KiB a million events</text>
            </svg>

            SVG, self::WIDTH, self::HEIGHT, (int) $top, number_format($last), $line($resident), $line(array_column($this->samples, 3)), $place($half, $fit['from']), $place($last, $fit['to']), $fit['perMillion']);
    }
}

[, $samples, $svg] = $argv;
if (!is_file($samples)) {
    fwrite(STDERR, "no samples in {$samples}\n");
    exit(1);
}
$plot = Plot::read($samples);
file_put_contents($svg, $plot->svg());
if (!$plot->says()) {
    fwrite(STDERR, "too few samples in {$samples} to say anything\n");
    exit(1);
}
$fit = $plot->fit();
printf(
    "resident memory rose by %.0f KiB in the second half (%.1f KiB a million events), noise %.0f KiB: %s\n",
    $fit['rise'],
    $fit['perMillion'],
    $fit['noise'],
    $svg,
);
exit($fit['rise'] <= $fit['noise'] ? 0 : 1);
