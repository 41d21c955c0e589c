<?php

declare(strict_types=1);

namespace Apn\AmiClient\Recording;

/**
 * Calls PHP functions that report an error by a warning and by returning false.
 *
 * @internal
 */
final class Quietly
{
    /**
     * @template T
     *
     * @param \Closure(): T $call
     * @param string $warning is set to the warning; if the system gave a reason, to that reason only
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

    /** The reason in a warning: "File exists" of "fopen(a): Failed to open stream: File exists", or the text in parentheses at its end. */
    private static function reason(string $message): string
    {
        $found = [];

        return preg_match('/: Failed to open stream: (.+)$|\(([^()]+)\)$/D', $message, $found) === 1
            ? $found[2] ?? $found[1] ?? $message
            : $message;
    }
}
