<?php

declare(strict_types=1);

namespace Apn\AmiClient\Tests\Tools;

use PHPUnit\Framework\TestCase;

/** tools/embed with Debian's PHP library. A thread-safe library would need the sources of PHP. */
final class EmbedTest extends TestCase
{
    public function testAProgramStartsPhpThreeTimesAndServesRequestsInAnotherThreadThanTheMainOne(): void
    {
        exec(\dirname(__DIR__, 3) . '/tools/embed 3 1 120 2>&1', $said, $status);

        self::assertSame(0, $status, implode("\n", $said));
        // Each start checks the surface of the extension, and each request gets an answer.
        self::assertSame('363 passed, 0 failed, 0 skipped', end($said), implode("\n", $said));
    }
}
