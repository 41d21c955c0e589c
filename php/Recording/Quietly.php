<?php

declare(strict_types=1);

namespace Apn\AmiClient\Recording;

/**
 * Calls functions of PHP that say by a warning what went wrong, and by false that it did.
 *
 * @internal
 */
final class Quietly
{
    /**
     * @template T
     *
     * @param \Closure(): T $call
     * @param string $warning what it warned of, without the function and its arguments where the system says enough
     *
     * @return T
     */
    public static function call(\Closure $call, string &$warning = ''): mixed
    {
        set_error_handler(static function (int $_, string $message) use (&$warning): bool {
            $warning = self::reason($message);

            return true;
        });
        try {
            return $call();
        } finally {
            restore_error_handler();
        }
    }

    /** "File exists" of "fopen(a): Failed to open stream: File exists", and of "... to tcp://127.0.0.1:1 (Address already in use)". */
    private static function reason(string $message): string
    {
        $found = [];

        return preg_match('/: Failed to open stream: (.+)$|\(([^()]+)\)$/D', $message, $found) === 1
            ? $found[2] ?? $found[1] ?? $message
            : $message;
    }
}
