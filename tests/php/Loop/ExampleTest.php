<?php

declare(strict_types=1);

namespace Apn\AmiClient\Tests\Loop;

use Apn\AmiClient\Tests\FakeProcess;
use PHPUnit\Framework\Attributes\DataProvider;
use PHPUnit\Framework\TestCase;

/** The event loop examples as processes: events, a timer and standard input in one loop. */
final class ExampleTest extends TestCase
{
    public function testAStreamSelectLoopServesAllThree(): void
    {
        $counts = $this->counts('loop-select.php', static fn(string $line, int $number): string => match ($line) {
            // After an event the session is ready for actions.
            'event Tick' => $number === 1 ? "Ping\n" : '',
            'second 1' => "quit\n",
            default => '',
        });

        self::assertSame(['event Tick' => 20, 'answer Success' => 1, 'second 1' => 1], $counts);
    }

    /** @return array<string, array{string}> */
    public static function loops(): array
    {
        return ['Revolt' => ['loop-revolt.php'], 'ReactPHP' => ['loop-react.php']];
    }

    #[DataProvider('loops')]
    public function testALoopOfALibraryServesAllThree(string $example): void
    {
        $counts = $this->counts($example, static fn(string $line): string => $line === 'a second' ? "quit\n" : '');

        // The listener of each event awaits a Pong without delaying the next event.
        self::assertSame(['event Tick' => 20, 'Tick and then Pong' => 20, 'a second' => 1], $counts);
    }

    /**
     * @param \Closure(string, int): string $input what to type after a line, and after how many
     *
     * @return array<string, int> how often the example printed each line, in the order of their first
     */
    private function counts(string $example, \Closure $input): array
    {
        $folder = self::installed($example);
        $fake = FakeProcess::start();
        $pipes = [];
        $process = proc_open(
            [PHP_BINARY, "{$folder}/examples/{$example}"],
            [0 => ['pipe', 'r'], 1 => ['pipe', 'w']],
            $pipes,
            env_vars: $fake->environment(),
        );
        self::assertIsResource($process);
        $stdin = $pipes[0] ?? self::fail('no input');
        $stdout = $pipes[1] ?? self::fail('no output');
        $lines = [];
        while (($line = fgets($stdout)) !== false) {
            $lines[] = rtrim($line);
            fwrite($stdin, $input(rtrim($line), \count($lines)));
        }

        self::assertSame(0, proc_close($process));
        self::assertSame(0, $fake->stop());
        array_map(unlink(...), ["{$folder}/examples/{$example}", "{$folder}/vendor/autoload.php"]);
        array_map(rmdir(...), ["{$folder}/examples", "{$folder}/vendor", $folder]);

        return array_count_values($lines);
    }

    /** Copies the example to a project folder with the libraries that it needs. */
    private static function installed(string $example): string
    {
        $root = dirname(__DIR__, 3);
        $folder = sys_get_temp_dir() . '/ami-example-' . bin2hex(random_bytes(6));
        mkdir("{$folder}/examples", recursive: true);
        mkdir("{$folder}/vendor");
        copy("{$root}/examples/{$example}", "{$folder}/examples/{$example}");
        file_put_contents("{$folder}/vendor/autoload.php", implode("\n", [
            '<?php',
            "require '{$root}/tools/phpunit.d/bootstrap.php';",
            "require '{$root}/tests/php/Loop/Doubles/react.php';",
        ]));

        return $folder;
    }
}
