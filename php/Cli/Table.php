<?php

declare(strict_types=1);

namespace Apn\AmiClient\Cli;

use Apn\AmiClient\Recording\Headers;

/** Messages of one kind, a line each, a column for each header that one of them has. */
final class Table
{
    /** Headers that say what kind of message it is; all lines of a table have the same. */
    private const array LEFT_OUT = ['event', 'actionid', 'eventlist', 'privilege'];

    /** Wider values are cut on a terminal. */
    private const int WIDEST = 32;
    private const string GAP = '  ';

    /** @var array<string, string> names of columns as they are shown, by their lower case */
    private array $columns = [];

    /** @var list<array<string, string>> */
    private array $rows = [];

    /** @param list<string> $fields the only columns, in this order; all that are not empty where there are none */
    public function __construct(array $fields = [])
    {
        foreach ($fields as $field) {
            $this->columns[strtolower($field)] = Printable::text($field);
        }
        $this->isFixed = $fields !== [];
    }

    private readonly bool $isFixed;

    public function add(Headers $headers): void
    {
        $row = [];
        foreach ($headers->toArray() as $name => $value) {
            $key = strtolower($name);
            $text = Printable::text(is_array($value) ? implode(', ', $value) : $value);
            if ($text === '' || in_array($key, self::LEFT_OUT, strict: true) && !isset($this->columns[$key])) {
                continue;
            }
            $row[$key] = $text;
            if (!$this->isFixed) {
                $this->columns[$key] ??= Printable::text($name);
            }
        }
        $this->rows[] = $row;
    }

    /** @return list<list<Span>> */
    public function lines(?int $width): array
    {
        $widths = $this->widths($width);
        $shown = array_intersect_key($this->columns, $widths);
        $lines = [[new Span(self::line($shown, $widths), Style::Bold)]];
        foreach ($this->rows as $row) {
            $lines[] = [new Span(self::line(
                array_map(
                    static fn(string $key): string => $row[$key] ?? '-',
                    array_combine(array_keys($shown), array_keys($shown)),
                ),
                $widths,
            ))];
        }
        $hidden = array_diff_key($this->columns, $widths);
        if ($hidden !== []) {
            $text = 'also, with --fields: ' . implode(',', $hidden);
            $lines[] = [new Span($width === null ? $text : Printable::cut($text, $width), Style::Dim)];
        }

        return $lines;
    }

    /**
     * Of the columns that fit, in their order.
     *
     * @return array<string, int>
     */
    private function widths(?int $width): array
    {
        $widths = [];
        $used = 0;
        foreach ($this->columns as $key => $name) {
            $needed = Printable::width($name);
            foreach ($this->rows as $row) {
                $needed = max($needed, Printable::width($row[$key] ?? '-'));
            }
            if ($width !== null) {
                $needed = min($needed, max(self::WIDEST, Printable::width($name)));
                if ($widths !== [] && ($used + $needed) > $width && !$this->isFixed) {
                    break;
                }
            }
            $widths[$key] = $needed;
            $used += $needed + strlen(self::GAP);
        }

        return $widths;
    }

    /**
     * @param array<string, string> $cells
     * @param array<string, int> $widths
     */
    private static function line(array $cells, array $widths): string
    {
        $line = '';
        foreach ($cells as $key => $cell) {
            $cut = Printable::cut($cell, $widths[$key]);
            $line .= $cut . str_repeat(' ', $widths[$key] - Printable::width($cut)) . self::GAP;
        }

        return rtrim($line);
    }
}
