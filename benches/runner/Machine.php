<?php

declare(strict_types=1);

namespace Apn\AmiClient\Bench;

/** What the figures were measured on. */
final class Machine
{
    public static function describe(): string
    {
        $processors = self::processors();
        preg_match('/^model name\s*: (.+)$/m', $processors, $model);
        $count = preg_match_all('/^processor\s*:/m', $processors);

        return sprintf(
            '%d × %s, Linux %s, PHP %s with JIT, rustc %s',
            (int) $count,
            $model[1] ?? php_uname('m'),
            explode('-', php_uname('r'))[0],
            PHP_VERSION,
            self::rustc(),
        );
    }

    /** What decides how many instructions the same source has. */
    public static function toolchain(): string
    {
        $vectors = preg_match('/^flags\s*:.* avx2 /m', self::processors()) === 1 ? ' with AVX2' : '';

        return 'rustc ' . self::rustc() . ', PHP ' . PHP_VERSION . ', ' . php_uname('m') . $vectors;
    }

    private static function rustc(): string
    {
        return explode(' ', (string) shell_exec('rustc --version'))[1] ?? 'unknown';
    }

    private static function processors(): string
    {
        return (string) file_get_contents('/proc/cpuinfo');
    }
}
