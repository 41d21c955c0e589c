<?php

declare(strict_types=1);

namespace Apn\AmiClient\Tests;

/** Names that a caller can choose to attack a terminal or a page. Tests use them for every output that shows names. */
final class Hostile
{
    /**
     * The names of tests/data/hostile-names.txt, which the tests in Rust read too.
     *
     * @return array<string, array{string, string}> by attack: the name as Asterisk sends it, and as a terminal may get it
     */
    public static function names(): array
    {
        $names = [];
        $text = (string) file_get_contents(__DIR__ . '/../data/hostile-names.txt');
        // The first block describes the file.
        foreach (\array_slice(explode("\n\n", rtrim($text, "\n")), 1) as $block) {
            [$what, $name, $shown] = explode("\n", $block);
            $names[$what] = [self::bytes($name), self::bytes($shown)];
        }

        return $names;
    }

    /** The name as it can be in a header, without line ends and NULs. */
    public static function inHeader(string $name): string
    {
        return strtr($name, ["\r" => '', "\n" => '', "\x00" => '']);
    }

    /** True if the output contains no control characters and no invalid UTF-8. */
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
