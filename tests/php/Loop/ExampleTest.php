<?php

declare(strict_types=1);

namespace Apn\AmiClient\Tests\Loop;

use Apn\AmiClient\Tests\FakeProcess;
use PHPUnit\Framework\TestCase;

/** examples/loop-select.php as a process: events, a clock and standard input in one loop. */
final class ExampleTest extends TestCase
{
    public function testAStreamSelectLoopServesAllThree(): void
    {
        $fake = FakeProcess::start();
        $pipes = [];
        $process = proc_open(
            [PHP_BINARY, dirname(__DIR__, 3) . '/examples/loop-select.php'],
            [0 => ['pipe', 'r'], 1 => ['pipe', 'w']],
            $pipes,
            env_vars: $fake->environment(),
        );
        self::assertIsResource($process);
        $input = $pipes[0] ?? self::fail('no input');
        $output = $pipes[1] ?? self::fail('no output');
        $lines = [];
        while (($line = fgets($output)) !== false) {
            $lines[] = rtrim($line);
            match ($line) {
                // An event says that the session is ready for actions.
                "event Tick\n" => count($lines) > 1 ?: fwrite($input, "Ping\n"),
                "second 1\n" => fwrite($input, "quit\n"),
                default => null,
            };
        }

        self::assertSame(0, proc_close($process));
        self::assertSame(0, $fake->stop());
        self::assertSame(['event Tick' => 20, 'answer Success' => 1, 'second 1' => 1], array_count_values($lines));
    }
}
