<?php

declare(strict_types=1);

namespace Apn\AmiClient\Laravel\Worker;

/** Memory that this process really has. PHP's own count does not know the queues, which are native. */
final class ResidentMemory
{
    private const int PAGE_BYTES = 4_096;

    public static function bytes(): int
    {
        $pages = is_readable('/proc/self/statm')
            ? explode(' ', (string) file_get_contents('/proc/self/statm'))[1] ?? null
            : null;

        return $pages === null ? memory_get_usage(real_usage: true) : (int) $pages * self::PAGE_BYTES;
    }
}
