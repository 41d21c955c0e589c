<?php

declare(strict_types=1);

namespace Apn\AmiClient\Tests\Examples;

use Apn\AmiClient\Tests\Docs\Page;
use Apn\AmiClient\Tests\FakeProcess;
use PHPUnit\Framework\TestCase;

/** examples/worker under a supervisor. */
final class WorkerTest extends TestCase
{
    private const string EXAMPLE = Page::ROOT . '/examples/worker';

    private string $folder;
    private ?FakeProcess $fake = null;

    /** @var resource|null */
    private mixed $worker = null;

    protected function setUp(): void
    {
        $this->folder = sys_get_temp_dir() . '/ami-worker-' . bin2hex(random_bytes(6));
        mkdir($this->folder);
    }

    protected function tearDown(): void
    {
        if ($this->worker !== null) {
            proc_terminate($this->worker, SIGKILL);
            proc_close($this->worker);
        }
        $this->fake?->stop();
        array_map(unlink(...), glob("{$this->folder}/*") ?: []);
        rmdir($this->folder);
    }

    public function testTheWorkerTellsTheSupervisorThatItIsReadyAliveAndStopping(): void
    {
        $this->fake = FakeProcess::start();
        $supervisor = stream_socket_server(
            "udg://{$this->folder}/notify",
            $_,
            $message,
            STREAM_SERVER_BIND,
        ) ?: self::fail($message);
        $process = proc_open(
            [PHP_BINARY, self::EXAMPLE . '/worker.php', "{$this->folder}/health.json"],
            [2 => ['pipe', 'w']],
            $pipes,
            env_vars: [
                ...getenv(),
                'AMI_DSN' => "ami://admin:s3cret@127.0.0.1:{$this->fake->port}",
                'NOTIFY_SOCKET' => "{$this->folder}/notify",
            ],
        );
        self::assertIsResource($process);
        $this->worker = $process;

        self::assertSame('WATCHDOG=1', self::told($supervisor));
        self::assertSame('READY=1', self::told($supervisor));
        self::assertMatchesRegularExpression('/^[01] of 1 servers ready, \d s ago\n$/', $this->health()[1]);
        // The next report comes after 5 s, when the session is Ready.
        self::assertSame('WATCHDOG=1', self::told($supervisor));
        self::assertMatchesRegularExpression('/^1 of 1 servers ready, \d s ago\n$/', $this->health('ready')[1]);
        proc_terminate($process, SIGTERM);
        self::assertSame('STOPPING=1', self::told($supervisor));
        self::assertSame('', stream_get_contents($pipes[2]));
        $this->worker = null;
        self::assertSame(0, proc_close($process));
        self::assertSame(
            [1, '', "no report in {$this->folder}/health.json: the worker does not run\n"],
            $this->health(),
        );
    }

    public function testAWorkerThatHangsIsSeenByTheAgeOfItsReport(): void
    {
        $this->report(time() - 60, ['pbx1' => ['state' => 'ready']]);

        [$status, $output, $errors] = $this->health();

        self::assertSame([1, ''], [$status, $output]);
        self::assertMatchesRegularExpression('/^the report is 6\d s old: the worker hangs$/', rtrim($errors));
    }

    public function testAServerThatIsAwayIsAnAlarmAndNoReasonForARestart(): void
    {
        $this->report(time(), ['pbx1' => ['state' => 'disconnected'], 'pbx2' => ['state' => 'ready']]);

        self::assertSame(0, $this->health()[0]);
        self::assertSame([1, '', "not ready: pbx1\n"], $this->health('ready'));
    }

    public function testTheUnitIsTheOneOfThePageAndCanBeEnabled(): void
    {
        $unit = rtrim((string) file_get_contents(self::EXAMPLE . '/ami-worker.service'), "\n");
        $blocks = array_filter(
            Page::of('docs/workers.md')->blocks(),
            static fn($block): bool => $block->language === 'ini',
        );

        self::assertContains($unit, array_column($blocks, 'code'));
        self::assertArrayHasKey(
            'WantedBy',
            parse_ini_string(strtr($unit, ['#' => ';']), process_sections: true)['Install'] ?? [],
        );
    }

    /** @param resource $supervisor */
    private static function told($supervisor): string
    {
        $read = [$supervisor];
        $write = $except = null;

        return stream_select($read, $write, $except, 30) === 1
            ? (string) stream_socket_recvfrom($supervisor, 100)
            : 'nothing';
    }

    /** @param array<string, array<string, string>> $servers */
    private function report(int $at, array $servers): void
    {
        file_put_contents("{$this->folder}/health.json", json_encode([
            'at' => $at,
            'servers' => $servers,
        ], JSON_THROW_ON_ERROR));
    }

    /** @return array{int, string, string} exit code, output, errors */
    private function health(string ...$arguments): array
    {
        $process = proc_open(
            [
                PHP_BINARY,
                '-n',
                self::EXAMPLE . '/health.php',
                "{$this->folder}/health.json",
                ...array_values($arguments),
            ],
            [1 => ['pipe', 'w'], 2 => ['pipe', 'w']],
            $pipes,
        );
        self::assertIsResource($process);
        [$output, $errors] = array_values(array_map(stream_get_contents(...), $pipes));

        return [proc_close($process), (string) $output, (string) $errors];
    }
}
