<?php

declare(strict_types=1);

namespace Apn\AmiClient\Laravel\Tests\Support;

use RuntimeException;

/** Waits for conditions, never for a length of time. */
final class Wait
{
    private const int STEP_US = 10_000;
    /** Long enough for a machine with ten times more to do than it can: only a test that fails waits for so long. */
    public const float SECONDS = 120.0;

    /**
     * @template T
     *
     * @param \Closure(): T $condition
     *
     * @param string|\Closure(): string $what for the message, made when it is wanted
     *
     * @return T what it gave when it was true
     */
    public static function until(\Closure $condition, string|\Closure $what, float $seconds = self::SECONDS): mixed
    {
        $until = microtime(as_float: true) + $seconds;
        while (true) {
            $answer = $condition();
            if ($answer) {
                return $answer;
            }
            if (microtime(as_float: true) > $until) {
                throw new RuntimeException(
                    "waited $seconds s in vain: " . ($what instanceof \Closure ? $what() : $what),
                );
            }
            usleep(self::STEP_US);
        }
    }
}
