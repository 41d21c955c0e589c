<?php

declare(strict_types=1);

namespace Apn\AmiClient\Cli;

use Apn\AmiClient\Recording\Headers;

/** A table of messages with the same name: one line for each message, one column for each header. */
final class Table
{
    /** Headers without a column, because all lines have the same value or no line needs it. */
    private const array LEFT_OUT = ['event', 'actionid', 'eventlist', 'privilege'];

    /** Columns of the widest value on a terminal. Wider values are cut. */
    private const int WIDEST = 32;
    private const string GAP = '  ';

    private readonly bool $isFixed;

    /** @var array<array-key, string> names of columns, by the name in lower case */
    private array $columns = [];

    /** @var list<array<array-key, string>> */
    private array $rows = [];

    /** @param list<string> $fields the columns, in this order; an empty list makes a column for each header that is not empty */
    public function __construct(array $fields = [])
    {
        foreach ($fields as $field) {
            $this->columns[strtolower($field)] = Printable::text($field);
        }
        $this->isFixed = $fields !== [];
    }

    public function add(Headers $headers): void
    {
        $row = [];
        foreach ($headers->toArray() as $name => $value) {
            // PHP converts an array key that is a number to int.
            $key = strtolower((string) $name);
            $text = Printable::text(is_array($value) ? implode(', ', $value) : $value);
            if ($text === '' || in_array($key, self::LEFT_OUT, strict: true) && !isset($this->columns[$key])) {
                continue;
            }
            $row[$key] = $text;
            if (!$this->isFixed) {
                $this->columns[$key] ??= Printable::text((string) $name);
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
            $cells = [];
            foreach (array_keys($shown) as $key) {
                $cells[$key] = $row[$key] ?? '-';
            }
            $lines[] = [new Span(self::line($cells, $widths))];
        }
        $hidden = array_diff_key($this->columns, $widths);
        if ($hidden !== []) {
            $text = 'also, with --fields: ' . implode(',', $hidden);
            $lines[] = [new Span($width === null ? $text : Printable::cut($text, $width), Style::Dim)];
        }

        return $lines;
    }

    /**
     * The widths of the columns that fit, in order.
     *
     * @return array<array-key, int>
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
     * @param array<array-key, string> $cells
     * @param array<array-key, int> $widths
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
