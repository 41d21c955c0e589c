<?php

declare(strict_types=1);

namespace Apn\AmiClient\Tests\Examples;

use Apn\AmiClient\Tests\Docs\Page;
use PHPUnit\Framework\Attributes\DataProvider;
use PHPUnit\Framework\TestCase;

require_once \dirname(__DIR__, 2) . '/phpt/fake.inc';

/** examples/fpm-queue: pages that send actions through a worker. */
final class FpmQueueTest extends TestCase
{
    private const string EXAMPLE = Page::ROOT . '/examples/fpm-queue';

    private string $folder;
    private ?\Fake $fake = null;

    /** @var resource */
    private $worker;

    /** @var array<int, resource> */
    private array $pipes = [];

    protected function setUp(): void
    {
        $this->folder = sys_get_temp_dir() . '/ami-queue-' . bin2hex(random_bytes(6));
        mkdir($this->folder);
        $this->fake = new \Fake(1, '--rate', '1');
        $worker = proc_open(
            [PHP_BINARY, self::EXAMPLE . '/worker.php', $this->socket()],
            [2 => ['pipe', 'w']],
            $this->pipes,
            env_vars: [...getenv(), 'AMI_DSN' => "ami://admin:s3cret@127.0.0.1:{$this->fake->ports[0]}"],
        );
        self::assertIsResource($worker);
        $this->worker = $worker;
        $deadline = microtime(true) + 10.0;
        while ($this->ask(['job' => 'pause', 'agent' => '201'])['error'] ?? null) {
            self::assertLessThan($deadline, microtime(true), 'the worker is ready');
        }
    }

    protected function tearDown(): void
    {
        proc_terminate($this->worker, SIGTERM);
        $errors = stream_get_contents($this->pipes[2]);
        $status = proc_close($this->worker);
        $this->fake?->kill();
        array_map(unlink(...), glob("{$this->folder}/*") ?: []);
        rmdir($this->folder);
        self::assertSame(['', 0], [$errors, $status], 'the worker ends well');
    }

    public function testManyPagesAskAtOnceAndEachGetsItsOwnAnswer(): void
    {
        $phones = ['answer' => 'answered', 'busy' => 'busy', 'congest' => 'congestion'];
        $clients = [];
        for ($number = 0; $number < 30; ++$number) {
            $phone = array_keys($phones)[$number % 3];
            $client = stream_socket_client("unix://{$this->socket()}") ?: self::fail('no worker');
            fwrite($client, json_encode(['job' => 'call', 'phone' => $phone, 'number' => '300']) . "\n");
            $clients[] = [$client, $phones[$phone]];
        }
        foreach ($clients as [$client, $outcome]) {
            self::assertSame("{\"outcome\":\"{$outcome}\"}\n", fgets($client));
        }
    }

    public function testThePageGetsTheAnswerByTheClient(): void
    {
        self::assertSame(
            ['message' => 'Interface paused successfully'],
            $this->ask(['job' => 'pause', 'agent' => '201']),
        );
    }

    /** @return iterable<string, array{string, string}> */
    public static function mistakes(): iterable
    {
        yield 'no such job' => ['{"job":"Command","command":"core stop now"}', 'there is no such job'];
        yield 'no JSON' => ['hello', 'there is no such job'];
        yield 'a number that is none' => [
            '{"job":"call","phone":"201","number":"300,1,System(x)"}',
            'number is missing or not allowed',
        ];
        yield 'a line end within' => [
            '{"job":"pause","agent":"alice\\r\\nAction: Logoff"}',
            'agent is missing or not allowed',
        ];
    }

    #[DataProvider('mistakes')]
    public function testWhatIsNoJobIsRefused(string $line, string $message): void
    {
        self::assertSame(['error' => $message, 'retry' => false], $this->say("{$line}\n"));
    }

    public function testALineThatNeverEndsIsRefusedAndTheWorkerGoesOn(): void
    {
        self::assertSame('there is no such job', $this->say(str_repeat('x', 20_000))['error'] ?? null);
        self::assertArrayHasKey('message', $this->ask(['job' => 'pause', 'agent' => '201']));
    }

    public function testWithoutTheSessionTheAnswerSaysThatAskingAgainIsSafe(): void
    {
        $this->fake?->kill();
        $this->fake = null;
        $deadline = microtime(true) + 10.0;
        do {
            $answer = $this->ask(['job' => 'call', 'phone' => '201', 'number' => '300']);
        } while (($answer['retry'] ?? null) !== true && microtime(true) < $deadline);

        self::assertTrue($answer['retry'] ?? null);
    }

    public function testOthersOfTheMachineCannotAsk(): void
    {
        self::assertSame(0o660, fileperms($this->socket()) & 0o777);
    }

    private function socket(): string
    {
        return "{$this->folder}/queue.sock";
    }

    /**
     * @param array<string, string> $job
     *
     * @return array<string, mixed>
     */
    private function ask(array $job): array
    {
        $process = proc_open(
            [PHP_BINARY, '-n', self::EXAMPLE . '/client.php', $this->socket(), (string) json_encode($job)],
            [1 => ['pipe', 'w']],
            $pipes,
        );
        self::assertIsResource($process);
        $output = (string) stream_get_contents($pipes[1]);
        proc_close($process);

        return json_decode($output, associative: true, flags: JSON_THROW_ON_ERROR);
    }

    /** @return array<string, mixed> */
    private function say(string $text): array
    {
        $client = stream_socket_client("unix://{$this->socket()}") ?: self::fail('no worker');
        @fwrite($client, $text);

        return json_decode((string) fgets($client), associative: true, flags: JSON_THROW_ON_ERROR);
    }
}
