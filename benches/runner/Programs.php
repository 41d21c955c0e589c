<?php

declare(strict_types=1);

namespace Apn\AmiClient\Bench;

/** Starts what is measured, each in a process of its own, and reads the line of JSON that it ends with. */
final class Programs
{
    /** Longer than any measurement takes on a slow machine that has other things to do. */
    private const int SECONDS_MAX = 120;
    private const array JIT = [
        '-d', 'zend_extension=opcache',
        '-d', 'opcache.enable_cli=1',
        '-d', 'opcache.jit=tracing',
        '-d', 'opcache.jit_buffer_size=64M',
    ];

    /** @var array<string, true> every command that was run, once, without what changes */
    private array $commands = [];
    private ?string $feeder = null;
    /** @var list<resource> */
    private array $running = [];

    public function __construct(
        private readonly string $tools,
        private readonly string $bench,
        public readonly string $data,
    ) {}

    /** @return array<string, float> what a script of ours measured, with the extension and JIT */
    public function ours(string $script, int|float|string ...$arguments): array
    {
        return $this->measure([$this->tools . '/php', ...self::JIT, $this->script($script), ...$arguments], ['AMI_NO_EXTENSION' => '']);
    }

    /** @return array<string, float> what a script of plain PHP measured, with JIT and without the extension */
    public function pure(string $script, int|float|string ...$arguments): array
    {
        $command = [$this->tools . '/php', ...self::JIT, $this->script($script), ...$arguments];

        return $this->measure($command, ['AMI_NO_EXTENSION' => '1']);
    }

    /** @return array<string, float> what apn-bench measured */
    public function bare(int|float|string ...$arguments): array
    {
        return $this->measure([$this->bench, ...$arguments], []);
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
     * @param array<string, string> $environment
     *
     * @return array<string, float>
     */
    private function measure(array $command, array $environment): array
    {
        $command = array_map(strval(...), $command);
        $this->remember($command, $environment);
        $process = proc_open(
            ['timeout', (string) self::SECONDS_MAX, ...$command],
            [1 => ['pipe', 'w']],
            $pipes,
            null,
            $environment + getenv(),
        );
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

    /**
     * @param list<string> $command
     * @param array<string, string> $environment
     */
    private function remember(array $command, array $environment): void
    {
        $short = static fn(string $word): string => str_contains($word, '/') ? basename($word) : $word;
        $words = array_map($short, $command);
        $address = $this->feeder ?? ' ';
        $words = array_map(static fn(string $word): string => $word === $address ? 'ADDRESS' : $word, $words);
        foreach (array_filter($environment) as $name => $value) {
            array_unshift($words, "$name=$value");
        }
        $this->commands[implode(' ', $words)] = true;
    }

    private function script(string $name): string
    {
        return dirname(__DIR__) . "/php/$name.php";
    }
}
