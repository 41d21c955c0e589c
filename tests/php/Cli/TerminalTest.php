<?php

declare(strict_types=1);

namespace Apn\AmiClient\Tests\Cli;

use Apn\AmiClient\Cli\Terminal;
use PHPUnit\Framework\TestCase;

final class TerminalTest extends TestCase
{
    public function testAFileIsNoTerminalWhateverTheEnvironmentSays(): void
    {
        $file = fopen('php://memory', 'w+b') ?: self::fail('no memory');
        $terminal = Terminal::of($file, $file, ['TERM' => 'xterm', 'COLUMNS' => '120', 'LINES' => '50']);

        self::assertNull($terminal->width);
        self::assertNull($terminal->height);
        self::assertFalse($terminal->hasColours);
    }
}
