<?php

declare(strict_types=1);

namespace Apn\AmiClient\Bench;

/** Starts what is measured, each in a process of its own, and reads the line of JSON that it ends with. */
final class Programs
{
    /** Longer than any measurement takes on a slow machine that has other things to do. */
    private const int SECONDS_MAX = 120;
    private const array JIT = [
        '-d',
        'zend_extension=opcache',
        '-d',
        'opcache.enable_cli=1',
        '-d',
        'opcache.jit=tracing',
        '-d',
        'opcache.jit_buffer_size=64M',
    ];

    private const string HUGE_PAGES = 'GLIBC_TUNABLES=glibc.malloc.hugetlb=1';

    /** @var array<string, true> every command that was run, once, without what changes */
    private array $commands = [];
    private ?string $feeder = null;
    /** @var list<resource> */
    private array $running = [];

    public function __construct(
        private readonly string $extension,
        private readonly string $bench,
        public readonly string $data,
    ) {}

    /** @return array<string, float> what a script of ours measured, with the extension and JIT */
    public function ours(string $script, int|float|string ...$arguments): array
    {
        return $this->measure($this->extended($script, $arguments));
    }

    /** @return array<string, float> the same, with memory in huge pages if Linux gives them to those who ask */
    public function oursInHugePages(string $script, int|float|string ...$arguments): array
    {
        return $this->measure(['env', self::HUGE_PAGES, ...$this->extended($script, $arguments)]);
    }

    /** @return array<string, float> what a script of plain PHP measured, with JIT and without the extension */
    public function pure(string $script, int|float|string ...$arguments): array
    {
        return $this->measure([PHP_BINARY, ...self::JIT, $this->script($script), ...$arguments]);
    }

    /** @return array<string, float> what apn-bench measured */
    public function bare(int|float|string ...$arguments): array
    {
        return $this->measure([$this->bench, ...$arguments]);
    }

    /** The address of a feeder, which is started when first asked for. */
    public function feeder(): string
    {
        return $this->feeder ??= $this->startFeeder();
    }

    /** @return list<string> */
    public function commands(): array
    {
        return array_keys($this->commands);
    }

    public function stop(): void
    {
        foreach ($this->running as $process) {
            proc_terminate($process);
            proc_close($process);
        }
        $this->running = [];
        $this->feeder = null;
    }

    private function startFeeder(): string
    {
        $process = proc_open([$this->bench, 'feeder', $this->data], [1 => ['pipe', 'w']], $pipes);
        if ($process === false) {
            throw new \RuntimeException('the feeder does not start');
        }
        $this->running[] = $process;
        $this->commands['apn-bench feeder events.ami'] = true;
        $line = (string) fgets($pipes[1]);

        return substr(trim($line), strlen('listening on '));
    }

    /**
     * @param list<int|float|string> $command
     *
     * @return array<string, float>
     */
    private function measure(array $command): array
    {
        $command = array_map(strval(...), $command);
        $this->remember($command);
        $process = proc_open(['timeout', (string) self::SECONDS_MAX, ...$command], [1 => ['pipe', 'w']], $pipes);
        if ($process === false) {
            throw new \RuntimeException("cannot start $command[0]");
        }
        $output = (string) stream_get_contents($pipes[1]);
        $status = proc_close($process);
        $numbers = json_decode(trim($output), true);
        if ($status !== 0 || !is_array($numbers)) {
            throw new \RuntimeException(implode(' ', $command) . " ended with $status: $output");
        }

        return array_map(floatval(...), $numbers);
    }

    /** @param list<string> $command */
    private function remember(array $command): void
    {
        $short = fn(string $word): string => match (true) {
            $word === $this->feeder => 'ADDRESS',
            str_starts_with($word, 'extension=') => 'extension=ami_client',
            str_contains($word, '/') => basename($word),
            default => $word,
        };
        $this->commands[str_replace(implode(' ', self::JIT), 'JIT', implode(' ', array_map($short, $command)))] = true;
    }

    /**
     * @param array<int|float|string> $arguments
     *
     * @return list<int|float|string>
     */
    private function extended(string $script, array $arguments): array
    {
        return [
            PHP_BINARY,
            '-d',
            "extension=$this->extension",
            ...self::JIT,
            $this->script($script),
            ...array_values($arguments),
        ];
    }

    private function script(string $name): string
    {
        return dirname(__DIR__) . "/php/$name.php";
    }
}
