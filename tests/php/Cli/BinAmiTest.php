<?php

declare(strict_types=1);

namespace Apn\AmiClient\Tests\Cli;

use Apn\AmiClient\Tests\FakeProcess;
use PHPUnit\Framework\Attributes\DataProvider;
use PHPUnit\Framework\TestCase;

/** bin/ami as a process, with a fake server in another process. */
final class BinAmiTest extends TestCase
{
    private FakeProcess $fake;

    protected function setUp(): void
    {
        $this->fake = FakeProcess::start();
    }

    protected function tearDown(): void
    {
        self::assertSame(0, $this->fake->stop(), 'a signal ends it properly');
    }

    public function testAnActionIsSentAndItsAnswerPrinted(): void
    {
        [$status, $output, $errors] = $this->ami(['send', 'pbx1', 'Ping']);

        self::assertSame(['', 0], [$errors, $status]);
        self::assertStringContainsString("Ping: Pong\n", $output);
    }

    public function testEventsAreListenedTo(): void
    {
        [$status, $output] = $this->ami(['listen', '--json', '--event=Tick', '--count=3']);

        self::assertSame(0, $status);
        self::assertCount(3, explode("\n", trim($output)));
        self::assertStringContainsString('"count":"3"', $output);
    }

    public function testOnATerminalLiveEndsAtASignalWithTheCursorShown(): void
    {
        $pipes = [];
        $process = proc_open(
            [PHP_BINARY, FakeProcess::AMI, 'live'],
            [1 => ['pty'], 2 => ['pipe', 'w']],
            $pipes,
            env_vars: [
                ...$this->fake->environment(),
                'TERM' => 'xterm',
                'COLUMNS' => '60',
                'LINES' => '12',
                'NO_COLOR' => '1',
            ],
        );
        self::assertIsResource($process);
        $output = '';
        while (!str_contains($output, "\e[J") && !feof($pipes[1])) {
            $output .= fread($pipes[1], 65_536);
        }
        proc_terminate($process, SIGINT);
        // On Linux, reading from a closed terminal is an error, not an end of file.
        while (($read = @fread($pipes[1], 65_536)) !== false && $read !== '') {
            $output .= $read;
        }

        self::assertSame('', stream_get_contents($pipes[2]));
        self::assertSame(0, proc_close($process));
        self::assertStringStartsWith("\e[?25l\e[2J\e[H\e[K0 calls", $output);
        self::assertStringEndsWith("\e[?25h", $output);
        self::assertStringNotContainsString("\e[1m", $output);
    }

    public function testAReaderThatHasEnoughEndsItWithoutAWord(): void
    {
        $pipes = [];
        $process = proc_open(
            [PHP_BINARY, FakeProcess::AMI, 'listen', '--json'],
            [1 => ['pipe', 'w'], 2 => ['pipe', 'w']],
            $pipes,
            env_vars: $this->fake->environment(),
        );
        self::assertIsResource($process);
        self::assertStringContainsString('"event":"Tick"', (string) fgets($pipes[1]));
        fclose($pipes[1]);

        self::assertSame("pbx1: ready\n", stream_get_contents($pipes[2]));
        self::assertSame(0, proc_close($process));
    }

    /** @return iterable<string, array{list<string>}> */
    public static function longOutputs(): iterable
    {
        yield 'a help' => [['help']];
        yield 'all actions' => [['actions']];
        yield 'the script of the completion' => [['completion']];
        yield 'an answer' => [['send', 'Ping']];
        yield 'events' => [['listen', '--count=3']];
    }

    /** @param list<string> $arguments */
    #[DataProvider('longOutputs')]
    public function testAPipeThatNobodyReadsIsNoError(array $arguments): void
    {
        $pipes = [];
        $process = proc_open(
            [PHP_BINARY, FakeProcess::AMI, ...$arguments],
            [1 => ['pipe', 'w'], 2 => ['pipe', 'w']],
            $pipes,
            env_vars: $this->fake->environment(),
        );
        self::assertIsResource($process);
        fclose($pipes[1]);
        $errors = (string) stream_get_contents($pipes[2]);

        self::assertStringNotContainsString('fwrite', $errors);
        self::assertStringNotContainsString('Broken pipe', $errors);
        self::assertSame(0, proc_close($process));
    }

    public function testBashCompletesWithTheScript(): void
    {
        $pipes = [];
        $script = <<<'BASH'
            ami() { "$AMI_PHP" "$AMI_BIN" "$@"; }
            source <(ami completion)
            try() { COMP_LINE=$1; COMP_POINT=${#1}; COMP_WORDS=($1); COMP_CWORD=$2; _ami; echo "${COMPREPLY[@]}"; }
            try 'ami con' 1
            try 'ami send pbx1 QueueP' 3
            try 'ami send pbx1 QueuePause Queue=x In' 6
            try 'ami listen --f' 2
            BASH;
        $process = proc_open(['bash', '-c', $script], [1 => ['pipe', 'w'], 2 => ['pipe', 'w']], $pipes, env_vars: [
            ...$this->fake->environment(),
            'AMI_PHP' => PHP_BINARY,
            'AMI_BIN' => FakeProcess::AMI,
        ]);
        self::assertIsResource($process);
        $output = stream_get_contents($pipes[1]);

        self::assertSame("console\nQueuePause QueuePenalty\nInterface=\n--fields= --full --for=\n", $output);
        proc_close($process);
    }

    public function testAWrongSecretIsAFailureThatNamesTheReasonAndNotTheSecret(): void
    {
        [$status, $output, $errors] = $this->ami(['status', '--timeout=5'], ['AMI_SECRET' => 'wr0ng']);

        self::assertSame(1, $status);
        self::assertStringContainsString('auth_failed', $output);
        self::assertStringNotContainsString('wr0ng', $output . $errors);
    }

    /**
     * @param list<string> $arguments
     * @param array<string, string> $environment
     *
     * @return array{int, string, string} exit code, output, errors
     */
    private function ami(array $arguments, array $environment = []): array
    {
        $pipes = [];
        $process = proc_open(
            [PHP_BINARY, FakeProcess::AMI, ...$arguments],
            [1 => ['pipe', 'w'], 2 => ['pipe', 'w']],
            $pipes,
            env_vars: [...$this->fake->environment(), ...$environment],
        );
        self::assertIsResource($process);
        [$output, $errors] = array_values(array_map(stream_get_contents(...), $pipes));

        return [proc_close($process), (string) $output, (string) $errors];
    }
}
