<?php

declare(strict_types=1);

namespace Apn\AmiClient\Tests;

/** Names that a caller may choose to do harm with. Every place that prints names is tried with all of them. */
final class Hostile
{
    /** @var array<string, array{string, string}> the name as it comes from Asterisk, and as a terminal may be given it */
    public const array NAMES = [
        'a sequence that clears the screen' => ["\e[2J\e[1;1HBob", '?[2J?[1;1HBob'],
        'a sequence that names the window and rings' => ["\e]0;root\x07", '?]0;root?'],
        'C1 in UTF-8, which begins a sequence too' => ["\u{9b}31mred", '?31mred'],
        'C1 as a byte' => ["\x9b31mred", '?31mred'],
        'backspaces that hide what was said' => ["harmless\x08\x08\x08\x08", 'harmless????'],
        'a carriage return over the line' => ["x\rpbx1 Ready", 'x?pbx1 Ready'],
        'a tab' => ["a\tb", 'a b'],
        'delete and NUL' => ["a\x7fb\x00c", 'a?b?c'],
        'text that turns round' => ["\u{202e}gpj.exe", '?gpj.exe'],
        'a line separator' => ["a\u{2028}b", 'a?b'],
        'a formula of a spreadsheet' => ['=1+1', '=1+1'],
        'Latin-1' => ["Andr\xe9", 'André'],
        'Latin-1 beside UTF-8' => ["Andr\xe9 Grün", 'André Grün'],
        'UTF-8' => ['Grün 电话', 'Grün 电话'],
        'a surrogate and a character cut off' => ["\xed\xa0\x80x\xe2\x82", "\u{ed}\u{a0}?x\u{e2}?"],
        'quotes and a backslash' => ['"\\" Bob', '"\\" Bob'],
        'colours of Symfony' => ['<fg=red>Bob</>', '<fg=red>Bob</>'],
        'a long name' => [
            'Aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa',
            'Aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa',
        ],
    ];

    /** What none of them may bring to a terminal: bytes that it obeys, and bytes that are no UTF-8. */
    public static function isHarmless(string $output): bool
    {
        return (
            preg_match('/^[^\x00-\x09\x0b-\x1f\x7f\x{80}-\x{9f}\x{2028}-\x{202e}\x{2066}-\x{2069}]*$/Du', $output) === 1
        );
    }

    private function __construct() {}
}
