<?php

declare(strict_types=1);

namespace Apn\AmiClient\Laravel\Worker;

/** Memory that this process really has. PHP's own count does not know the queues, which are native. */
final class ResidentMemory
{
    public static function bytes(): int
    {
        // Not statm, which counts in pages: their size is the machine's own.
        $status = is_readable('/proc/self/status') ? (string) file_get_contents('/proc/self/status') : '';

        return preg_match('/^VmRSS:\s+(\d+) kB$/m', $status, $found) === 1
            ? (int) $found[1] * 1_024
            : memory_get_usage(real_usage: true);
    }
}
