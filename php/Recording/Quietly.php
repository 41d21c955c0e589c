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
     * @param string $warning what it warned of
     *
     * @return T
     */
    public static function call(\Closure $call, string &$warning = ''): mixed
    {
        set_error_handler(static function (int $_, string $message) use (&$warning): bool {
            $warning = $message;

            return true;
        });
        try {
            return $call();
        } finally {
            restore_error_handler();
        }
    }
}
