<?php

declare(strict_types=1);

namespace Apn\AmiClient\Tests\Examples;

use PHPUnit\Framework\TestCase;

require_once \dirname(__DIR__, 2) . '/phpt/fake.inc';

/** examples/dialer.php as a process, without Composer, on two fakes. */
final class DialerTest extends TestCase
{
    private \Fake $fake;
    private string $config;

    protected function setUp(): void
    {
        $this->fake = new \Fake(2);
        $this->config = sys_get_temp_dir() . '/ami-dialer-' . bin2hex(random_bytes(8)) . '.php';
        $servers = [];
        foreach ($this->fake->ports as $index => $port) {
            $servers["pbx{$index}"] = [
                'host' => '127.0.0.1',
                'port' => $port,
                'username' => 'admin',
                'secret' => 's3cret',
                'event_mask' => 'auto',
            ];
        }
        file_put_contents($this->config, '<?php return ' . var_export(['servers' => $servers], return: true) . ';');
    }

    protected function tearDown(): void
    {
        $this->fake->kill();
        unlink($this->config);
    }

    public function testEveryCallIsPlacedOnceAndItsOutcomeTold(): void
    {
        $channels = ['Local/1@answer', 'Local/2@busy', 'Local/3@congestion', 'PJSIP/nosuch', 'none'];
        for ($number = 10; $number < 30; ++$number) {
            $channels[] = "Local/{$number}@busy";
        }
        [$process, $output, $errors] = $this->start(...$channels);
        $lines = explode("\n", trim((string) stream_get_contents($output)));

        self::assertSame('', stream_get_contents($errors));
        self::assertSame(0, proc_close($process));
        sort($lines);
        // "none" is refused, by which server is not sure.
        $lines = (array) preg_replace('/`pbx[01]`/', '`pbx`', $lines);
        $expected = [
            'Local/1@answer: answered, cause 16',
            'Local/2@busy: busy, cause 17',
            'Local/3@congestion: congestion, cause 34',
            'PJSIP/nosuch: failed',
            'none: `pbx` refused action `Originate`: Invalid channel',
            ...array_map(static fn(string $channel): string => "{$channel}: busy, cause 17", array_slice($channels, 5)),
        ];
        sort($expected);
        self::assertSame($expected, $lines);
    }

    public function testAfterSigtermNobodyIsCalledAndTheActiveCallsAreWaitedFor(): void
    {
        $channels = [];
        for ($number = 1; $number <= 40; ++$number) {
            $channels[] = "Local/{$number}@" . ($number === 8 ? 'busy' : 'answer');
        }
        [$process, $output, $errors] = $this->start(...$channels);
        $lines = [];
        while (($line = fgets($output)) !== false) {
            $lines[] = rtrim($line);
            // The calls before it last a second, so some of them are active.
            if ($line === "Local/8@busy: busy, cause 17\n") {
                proc_terminate($process, SIGTERM);
                $before = count($lines);
            }
        }

        self::assertSame('', stream_get_contents($errors));
        self::assertSame(0, proc_close($process));
        $reported = array_map(static fn(string $line): string => explode(': ', $line)[0], $lines);
        sort($reported);
        sort($channels);
        self::assertSame($channels, $reported, 'each is reported once');
        $after = array_map(
            static fn(string $line): string => explode(': ', $line)[1] ?? '',
            array_slice($lines, $before ?? 0),
        );
        self::assertSame(['answered, cause 16', 'not called'], array_keys(array_count_values($after)));
    }

    /** @return array{resource, resource, resource} process, output and errors */
    private function start(string ...$channels): array
    {
        $pipes = [];
        $process = proc_open(
            [PHP_BINARY, \dirname(__DIR__, 3) . '/examples/dialer.php', ...array_values($channels)],
            [1 => ['pipe', 'w'], 2 => ['pipe', 'w']],
            $pipes,
            env_vars: [...getenv(), 'AMI_CONFIG' => $this->config],
        );
        self::assertIsResource($process);

        return [$process, $pipes[1] ?? self::fail('no output'), $pipes[2] ?? self::fail('no errors')];
    }
}
