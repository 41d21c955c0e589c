<?php

declare(strict_types=1);

namespace Apn\AmiClient\Tests\Cli;

use PHPUnit\Framework\TestCase;

/** bin/ami as a process, against a fake that is one too. */
final class BinAmiTest extends TestCase
{
    private const string AMI = __DIR__ . '/../../../bin/ami';
    private const string RECORDING = __DIR__ . '/../fixtures/ticks.jsonl';

    /** @var resource */
    private mixed $fake;

    /** @var array<int, resource> */
    private array $pipes = [];

    private string $port;

    protected function setUp(): void
    {
        $command = [PHP_BINARY, self::AMI, 'fake', '--replay=' . self::RECORDING];
        $environment = [...getenv(), 'AMI_FAKE_SECRET' => 's3cret'];
        $fake = proc_open($command, [1 => ['pipe', 'w']], $this->pipes, null, $environment);
        self::assertIsResource($fake);
        $this->fake = $fake;
        self::assertMatchesRegularExpression(
            '/^listening on 127\.0\.0\.1:\d+\n$/',
            $line = (string) fgets($this->pipes[1]),
        );
        $this->port = trim(substr((string) strrchr($line, ':'), 1));
    }

    protected function tearDown(): void
    {
        proc_terminate($this->fake, SIGTERM);
        self::assertSame('', stream_get_contents($this->pipes[1]));
        self::assertSame(0, proc_close($this->fake), 'a signal ends it properly');
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
        self::assertStringContainsString('["Count","3"]', $output);
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
        $all = [
            ...getenv(),
            'AMI_HOST' => '127.0.0.1',
            'AMI_PORT' => $this->port,
            'AMI_SERVER' => 'pbx1',
            'AMI_USERNAME' => 'admin',
            'AMI_SECRET' => 's3cret',
            ...$environment,
        ];
        $pipes = [];
        $process = proc_open(
            [PHP_BINARY, self::AMI, ...$arguments],
            [1 => ['pipe', 'w'], 2 => ['pipe', 'w']],
            $pipes,
            null,
            $all,
        );
        self::assertIsResource($process);
        $output = (string) stream_get_contents($pipes[1]);
        $errors = (string) stream_get_contents($pipes[2]);

        return [proc_close($process), $output, $errors];
    }
}
