<?php

declare(strict_types=1);

namespace Apn\AmiClient\Cli;

/**
 * Text of strangers for a terminal. A caller chooses his own name: it must not reach the terminal as an escape sequence, as a second line or
 * as text that runs backwards.
 */
final class Printable
{
    /** What a terminal obeys: C0, DEL, C1 (U+009B begins a sequence as ESC [ does), line separators and the marks that turn the direction. */
    private const string OBEYED = '/[\x00-\x1f\x7f\x{80}-\x{9f}\x{2028}-\x{202e}\x{2066}-\x{2069}]/u';

    /** A byte that begins no character: the sequences that UTF-8 allows (RFC 3629) are skipped. */
    private const string NO_UTF8 =
        '/(?:[\xc2-\xdf][\x80-\xbf]|\xe0[\xa0-\xbf][\x80-\xbf]|\xed[\x80-\x9f][\x80-\xbf]|[\xe1-\xec\xee\xef][\x80-\xbf]{2}'
            . '|\xf0[\x90-\xbf][\x80-\xbf]{2}|\xf4[\x80-\x8f][\x80-\xbf]{2}|[\xf1-\xf3][\x80-\xbf]{3})(*SKIP)(*FAIL)|[\x80-\xff]/';

    /** One line of valid UTF-8, where control characters are "?" and a tab is a space. */
    public static function text(string $text): string
    {
        return (string) preg_replace(self::OBEYED, '?', strtr(self::utf8($text), "\t", ' '));
    }

    /** As text(), and in quotes where it would not be seen where the value begins and ends, or what is a value and what a name. */
    public static function value(string $value): string
    {
        $text = self::text($value);

        return $text === '' || strpbrk($text, " \"'=\\") !== false ? '"' . addcslashes($text, '"\\') . '"' : $text;
    }

    /** Valid UTF-8: bytes that are none are read as Latin-1, in which old phones and trunks send names. */
    public static function utf8(string $text): string
    {
        return (string) preg_replace_callback(
            self::NO_UTF8,
            static fn(array $byte): string => chr(0xc0 | (ord($byte[0]) >> 6)) . chr(0x80 | (ord($byte[0]) & 0x3f)),
            $text,
        );
    }

    /** One line of JSON in which every character is written out that a terminal would obey. */
    public static function json(mixed $value): string
    {
        $json = json_encode(
            self::withUtf8($value),
            JSON_THROW_ON_ERROR | JSON_UNESCAPED_SLASHES | JSON_UNESCAPED_UNICODE | JSON_INVALID_UTF8_SUBSTITUTE,
        );

        return (string) preg_replace_callback(
            self::OBEYED,
            static fn(array $character): string => trim((string) json_encode($character[0]), '"') === $character[0]
                ? sprintf('\u%04x', ord($character[0]))
                : trim((string) json_encode($character[0]), '"'),
            $json,
        );
    }

    /** How many columns a terminal needs for a printable text. */
    public static function width(string $text): int
    {
        return function_exists('mb_strwidth')
            ? mb_strwidth($text, 'UTF-8')
            : count(preg_split('//u', $text, flags: PREG_SPLIT_NO_EMPTY) ?: []);
    }

    /** At most so many columns of a printable text; "~" at its end says that it goes on. */
    public static function cut(string $text, int $width): string
    {
        if (self::width($text) <= $width) {
            return $text;
        }
        $cut = '';
        $characters = preg_split('//u', $text, flags: PREG_SPLIT_NO_EMPTY) ?: [];
        foreach ($characters as $character) {
            if (self::width($cut . $character) >= $width) {
                break;
            }
            $cut .= $character;
        }

        return "{$cut}~";
    }

    private static function withUtf8(mixed $value): mixed
    {
        return match (true) {
            is_string($value) => self::utf8($value),
            is_array($value) => array_map(self::withUtf8(...), $value),
            $value instanceof \JsonSerializable => self::withUtf8($value->jsonSerialize()),
            default => $value,
        };
    }
}
