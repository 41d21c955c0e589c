<?php

declare(strict_types=1);

namespace Apn\AmiClient\Cli;

/**
 * Makes untrusted text safe for a terminal. A caller chooses the caller's name, so it must not reach the terminal as an escape sequence, as a second
 * line or as text that runs backwards.
 */
final class Printable
{
    /** Characters that control a terminal: C0, DEL, C1 (U+009B begins a sequence as ESC [ does), line separators and marks that change the direction. */
    private const string OBEYED = '/[\x00-\x1f\x7f\x{80}-\x{9f}\x{2028}-\x{202e}\x{2066}-\x{2069}]/u';

    /** Matches a byte that is not part of valid UTF-8. The valid sequences (RFC 3629) are skipped. */
    private const string NO_UTF8 =
        '/(?:[\xc2-\xdf][\x80-\xbf]|\xe0[\xa0-\xbf][\x80-\xbf]|\xed[\x80-\x9f][\x80-\xbf]|[\xe1-\xec\xee\xef][\x80-\xbf]{2}'
            . '|\xf0[\x90-\xbf][\x80-\xbf]{2}|\xf4[\x80-\x8f][\x80-\xbf]{2}|[\xf1-\xf3][\x80-\xbf]{3})(*SKIP)(*FAIL)|[\x80-\xff]/';

    /** Returns one line of valid UTF-8. Control characters become "?", a tab becomes a space. */
    public static function text(string $text): string
    {
        return (string) preg_replace(self::OBEYED, '?', strtr(self::utf8($text), "\t", ' '));
    }

    /** Like text(), but in quotes if the text is empty or contains a blank, a quote, "=" or a backslash. */
    public static function value(string $value): string
    {
        $text = self::text($value);

        return $text === '' || strpbrk($text, " \"'=\\") !== false ? '"' . addcslashes($text, '"\\') . '"' : $text;
    }

    /** Returns valid UTF-8. Invalid bytes are read as Latin-1, which old phones and trunks use for names. */
    public static function utf8(string $text): string
    {
        return (string) preg_replace_callback(
            self::NO_UTF8,
            static fn(array $byte): string => chr(0xc0 | (ord($byte[0]) >> 6)) . chr(0x80 | (ord($byte[0]) & 0x3f)),
            $text,
        );
    }

    /** Returns one line of JSON in which characters that control a terminal are escaped. */
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

    /** Number of columns that a terminal needs for a printable text. */
    public static function width(string $text): int
    {
        return function_exists('mb_strwidth')
            ? mb_strwidth($text, 'UTF-8')
            : count(preg_split('//u', $text, flags: PREG_SPLIT_NO_EMPTY) ?: []);
    }

    /** Cuts a printable text to a number of columns. A "~" at the end shows that it was cut. */
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
