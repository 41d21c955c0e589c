<?php

declare(strict_types=1);

namespace Apn\AmiClient\Tests\Metrics;

/**
 * A strict parser of the Prometheus text format. HELP and TYPE come before the samples of a family, families are not mixed, no sample is repeated,
 * every escape is known, and the text ends with a line end. Everything else is an error.
 */
final class TextFormat
{
    private const string NAME = '[a-zA-Z_:][a-zA-Z0-9_:]*';
    private const string LABEL = '[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\\\\n]|\\\\[\\\\"n])*"';
    private const string NUMBER = '[+-]?Inf|NaN|[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?';

    /** @return array<string, array{help: string, type: string, samples: array<string, float>}> samples by their labels as written */
    public static function parse(string $text): array
    {
        if ($text !== '' && !str_ends_with($text, "\n")) {
            throw new \UnexpectedValueException('the last line does not end');
        }
        if (preg_match('//u', $text) !== 1) {
            throw new \UnexpectedValueException('not UTF-8');
        }
        /** @var array<string, array{help: string, type: string, samples: array<string, float>}> $families */
        $families = [];
        $open = '';
        $found = [];
        foreach (array_slice(explode("\n", $text), 0, -1) as $line) {
            if (preg_match('/^# HELP (' . self::NAME . ') ((?:[^\\\\]|\\\\[\\\\n])*)$/D', $line, $found) === 1) {
                if (isset($families[$found[1]])) {
                    throw new \UnexpectedValueException("{$found[1]} comes twice");
                }
                $open = $found[1];
                $families[$open] = ['help' => stripcslashes($found[2]), 'type' => '', 'samples' => []];
            } elseif (preg_match('/^# TYPE (' . self::NAME . ') (counter|gauge)$/D', $line, $found) === 1) {
                if ($found[1] !== $open || $families[$open]['type'] !== '' || $families[$open]['samples'] !== []) {
                    throw new \UnexpectedValueException("TYPE out of place: {$line}");
                }
                $families[$open]['type'] = $found[2];
            } elseif (
                preg_match(
                    '/^('
                    . self::NAME
                    . ')(?:\{('
                    . self::LABEL
                    . '(?:,'
                    . self::LABEL
                    . ')*)\})? ('
                    . self::NUMBER
                    . ')$/D',
                    $line,
                    $found,
                ) === 1
            ) {
                if (
                    $found[1] !== $open
                    || $families[$open]['type'] === ''
                    || isset($families[$open]['samples'][$found[2]])
                ) {
                    throw new \UnexpectedValueException("sample out of place: {$line}");
                }
                $families[$open]['samples'][$found[2]] = self::number($found[3]);
            } else {
                throw new \UnexpectedValueException("not a line of the format: {$line}");
            }
        }

        return $families;
    }

    private static function number(string $text): float
    {
        return match ($text) {
            '+Inf', 'Inf' => INF,
            '-Inf' => -INF,
            'NaN' => NAN,
            default => (float) $text,
        };
    }
}
