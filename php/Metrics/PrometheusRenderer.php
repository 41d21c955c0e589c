<?php

declare(strict_types=1);

namespace Apn\AmiClient\Metrics;

/**
 * Renders metrics in the text format of Prometheus. The metrics include everything that AmiClientManager::health() has.
 *
 *     header('Content-Type: ' . PrometheusRenderer::CONTENT_TYPE);
 *     echo new PrometheusRenderer()->render($manager->metrics());
 *
 * @phpstan-type Sample array{labels: array<string, string>, value: int|float}
 * @phpstan-type Family array{type: 'counter'|'gauge', help: string, values: list<Sample>}
 */
final readonly class PrometheusRenderer
{
    public const string CONTENT_TYPE = 'text/plain; version=0.0.4; charset=utf-8';

    /**
     * @param array<string, Family> $metrics the families of AmiClientManager::metrics(), by name
     *
     * @throws \InvalidArgumentException if the format does not allow a name
     */
    public function render(array $metrics): string
    {
        $lines = [];
        foreach ($metrics as $name => $family) {
            if (preg_match('/^[a-zA-Z_:][a-zA-Z0-9_:]*$/D', $name) !== 1) {
                throw new \InvalidArgumentException(
                    "\"{$name}\" is no metric name: letters, digits, _ and : are allowed",
                );
            }
            $help = strtr(self::text($family['help']), ['\\' => '\\\\', "\n" => '\n']);
            $lines[] = "# HELP {$name} {$help}";
            $lines[] = "# TYPE {$name} {$family['type']}";
            foreach ($family['values'] as $sample) {
                $lines[] = $name . self::labels($sample['labels']) . ' ' . self::number($sample['value']);
            }
        }

        return $lines === [] ? '' : implode("\n", $lines) . "\n";
    }

    /** @param array<string, string> $labels */
    private static function labels(array $labels): string
    {
        $pairs = [];
        foreach ($labels as $label => $value) {
            if (preg_match('/^(?!__)[a-zA-Z_][a-zA-Z0-9_]*$/D', $label) !== 1) {
                throw new \InvalidArgumentException("\"{$label}\" is no label name: letters, digits and _ are allowed");
            }
            $escaped = strtr(self::text($value), ['\\' => '\\\\', '"' => '\"', "\n" => '\n']);
            $pairs[] = "{$label}=\"{$escaped}\"";
        }

        return $pairs === [] ? '' : '{' . implode(',', $pairs) . '}';
    }

    /** Replaces invalid bytes by "?": the format is UTF-8, and texts of Asterisk are bytes. */
    private static function text(string $bytes): string
    {
        return preg_match('//u', $bytes) === 1 ? $bytes : (string) preg_replace('/[\x80-\xff]/', '?', $bytes);
    }

    private static function number(int|float $value): string
    {
        return match (true) {
            is_int($value) => (string) $value,
            is_nan($value) => 'NaN',
            is_infinite($value) => $value > 0 ? '+Inf' : '-Inf',
            default => self::shortest($value),
        };
    }

    /** Returns the shortest digits that give the same number, independent of ini settings and locale. */
    private static function shortest(float $value): string
    {
        foreach ([15, 16] as $digits) {
            $text = sprintf("%.{$digits}h", $value);
            if (floatval($text) === $value) {
                return $text;
            }
        }

        return sprintf('%.17h', $value);
    }
}
