<?php

declare(strict_types=1);

namespace Apn\AmiClient\Tests;

/** Names that a caller may choose to do harm with. Every place that shows names is tried with all of them. */
final class Hostile
{
    /**
     * The names of tests/data/hostile-names.txt, which the tests in Rust read too.
     *
     * @return array<string, array{string, string}> by what it tries: the name as it comes from Asterisk, and as a terminal may be given it
     */
    public static function names(): array
    {
        $names = [];
        $text = (string) file_get_contents(__DIR__ . '/../data/hostile-names.txt');
        // The first block says what this is.
        foreach (\array_slice(explode("\n\n", rtrim($text, "\n")), 1) as $block) {
            [$what, $name, $shown] = explode("\n", $block);
            $names[$what] = [self::bytes($name), self::bytes($shown)];
        }

        return $names;
    }

    /** What is left of a name within a header: neither a line end nor a NUL can be there. */
    public static function inHeader(string $name): string
    {
        return strtr($name, ["\r" => '', "\n" => '', "\x00" => '']);
    }

    /** What none of them may bring to a terminal: bytes that it obeys, and bytes that are no UTF-8. */
    public static function isHarmless(string $output): bool
    {
        return (
            preg_match('/^[^\x00-\x09\x0b-\x1f\x7f\x{80}-\x{9f}\x{2028}-\x{202e}\x{2066}-\x{2069}]*$/Du', $output) === 1
        );
    }

    private static function bytes(string $escaped): string
    {
        return (string) preg_replace_callback(
            '/\\\\(?:x([0-9a-f]{2})|\\\\)/',
            static fn(array $found): string => isset($found[1]) ? (string) hex2bin($found[1]) : '\\',
            $escaped,
        );
    }

    private function __construct() {}
}
