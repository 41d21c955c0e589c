<?php

declare(strict_types=1);

namespace Apn\AmiClient\Tests\Examples;

use PHPUnit\Framework\TestCase;

require_once \dirname(__DIR__, 2) . '/phpt/fake.inc';

/** examples/dialer.php as a process, without Composer, on two fakes. */
final class DialerTest extends TestCase
{
    public function testEveryCallIsPlacedOnceAndItsOutcomeTold(): void
    {
        $fake = new \Fake(2);
        $config = sys_get_temp_dir() . '/ami-dialer-' . bin2hex(random_bytes(8)) . '.php';
        $servers = [];
        foreach ($fake->ports as $index => $port) {
            $servers["pbx{$index}"] = [
                'host' => '127.0.0.1',
                'port' => $port,
                'username' => 'admin',
                'secret' => 's3cret',
                'event_mask' => 'auto',
            ];
        }
        file_put_contents($config, '<?php return ' . var_export(['servers' => $servers], return: true) . ';');
        $channels = ['Local/1@answer', 'Local/2@busy', 'Local/3@congestion', 'PJSIP/nosuch'];
        for ($number = 10; $number < 50; ++$number) {
            $channels[] = "Local/{$number}@busy";
        }
        $pipes = [];
        $process = proc_open(
            [PHP_BINARY, \dirname(__DIR__, 3) . '/examples/dialer.php', ...$channels],
            [1 => ['pipe', 'w'], 2 => ['pipe', 'w']],
            $pipes,
            env_vars: [...getenv(), 'AMI_CONFIG' => $config],
        );
        self::assertIsResource($process);
        [$output, $errors] = array_values(array_map(stream_get_contents(...), $pipes));

        self::assertSame(['', 0], [$errors, proc_close($process)]);
        $fake->kill();
        unlink($config);
        $lines = explode("\n", trim((string) $output));
        sort($lines);
        $expected = [
            'Local/1@answer: answered',
            'Local/2@busy: busy, cause 17',
            'Local/3@congestion: congestion, cause 34',
            'PJSIP/nosuch: failed',
            ...array_map(static fn(string $channel): string => "{$channel}: busy, cause 17", array_slice($channels, 4)),
        ];
        sort($expected);
        // Congestion is known from the answer; its cause is there where the hangup came before it was looked at.
        self::assertSame($expected, $lines);
    }
}
