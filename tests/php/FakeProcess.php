<?php

declare(strict_types=1);

namespace Apn\AmiClient\Tests;

/** A process of `ami fake` that plays a recording of the fixtures. */
final readonly class FakeProcess
{
    private const string SECRET = 's3cret';
    public const string AMI = __DIR__ . '/../../bin/ami';

    /**
     * @param resource $process
     * @param resource $output
     */
    private function __construct(
        private mixed $process,
        private mixed $output,
        public string $port,
    ) {}

    /** @param string $recording ticks.jsonl has twenty Tick events, cli.jsonl an answer of every kind */
    public static function start(string $recording = 'ticks.jsonl'): self
    {
        $pipes = [];
        $process = proc_open(
            [PHP_BINARY, self::AMI, 'fake', '--replay=' . __DIR__ . "/fixtures/{$recording}"],
            [1 => ['pipe', 'w']],
            $pipes,
            env_vars: [...getenv(), 'AMI_FAKE_SECRET' => self::SECRET],
        );
        $output = $pipes[1] ?? throw new \RuntimeException('no fake');
        $found = [];
        $line = (string) fgets($output);
        if ($process === false || preg_match('/^listening on 127\.0\.0\.1:(\d+)\n$/', $line, $found) !== 1) {
            throw new \RuntimeException("no fake: {$line}");
        }

        return new self($process, $output, $found[1] ?? '');
    }

    /** @return int its exit code */
    public function stop(): int
    {
        proc_terminate($this->process, SIGTERM);
        // Reads until the process has ended.
        stream_get_contents($this->output);

        return proc_close($this->process);
    }

    /** @return array<string, string> environment with the address and the account */
    public function environment(): array
    {
        return [
            ...getenv(),
            'AMI_HOST' => '127.0.0.1',
            'AMI_PORT' => $this->port,
            'AMI_SERVER' => 'pbx1',
            'AMI_USERNAME' => 'admin',
            'AMI_SECRET' => self::SECRET,
        ];
    }
}
