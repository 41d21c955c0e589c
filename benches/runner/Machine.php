<?php

declare(strict_types=1);

namespace Apn\AmiClient\Bench;

/** What the figures were measured on. */
final class Machine
{
    public static function describe(): string
    {
        $processors = (string) file_get_contents('/proc/cpuinfo');
        preg_match('/^model name\s*: (.+)$/m', $processors, $model);
        $count = preg_match_all('/^processor\s*:/m', $processors);
        $rustc = explode(' ', (string) shell_exec('rustc --version'))[1] ?? 'unknown';

        return sprintf(
            '%d x %s, Linux %s, PHP %s with JIT, rustc %s',
            (int) $count,
            $model[1] ?? php_uname('m'),
            php_uname('r'),
            PHP_VERSION,
            $rustc,
        );
    }
}
