<?php

declare(strict_types=1);

namespace Apn\AmiClient\Tests\Docs;

use Apn\AmiClient\AmiClientManager;
use Apn\AmiClient\Cli\Application;
use Apn\AmiClient\Cli\Console;
use Apn\AmiClient\Testing\FakeAsterisk;
use PHPUnit\Framework\TestCase;

/** The commands of docs/command-line.md work as they are written. */
final class CommandLineTest extends TestCase
{
    private string $folder;
    private string $before;

    protected function setUp(): void
    {
        $this->folder = sys_get_temp_dir() . '/ami-cli-' . bin2hex(random_bytes(8));
        mkdir($this->folder);
        $this->before = (string) getcwd();
        chdir($this->folder);
    }

    protected function tearDown(): void
    {
        chdir($this->before);
        array_map(unlink(...), glob("{$this->folder}/*") ?: []);
        rmdir($this->folder);
    }

    public function testEveryCommandOfThePageRuns(): void
    {
        $commands = self::commands();
        self::assertGreaterThan(8, count($commands));
        foreach ($commands as $command) {
            $errors = fopen('php://memory', 'w+b') ?: self::fail('no memory');
            $output = fopen('php://memory', 'w+b') ?: self::fail('no memory');
            $connect = static fn(array $_): AmiClientManager => new FakeAsterisk(['pbx1'])->manager();
            $environment = ['AMI_HOST' => '10.0.0.5', 'AMI_USERNAME' => 'dialer', 'AMI_SECRET' => 's3cret'];
            $console = new Console($output, $errors, $environment, $connect);
            if (in_array($command[0] ?? '', ['listen', 'live', 'fake'], strict: true)) {
                // These commands would not end.
                $console->stop();
            }

            $status = new Application($console)->run($command);

            rewind($errors);
            self::assertSame(0, $status, implode(' ', $command) . ': ' . stream_get_contents($errors));
        }
    }

    /** @return list<list<string>> words of each, without the program and what it is piped into */
    private static function commands(): array
    {
        $commands = [];
        foreach (Page::of('docs/command-line.md')->blocks() as $block) {
            foreach ($block->language === 'sh' ? explode("\n", $block->code) : [] as $line) {
                if (str_starts_with($line, 'ami ')) {
                    $words = [];
                    preg_match_all("/(?:[^\\s']|'[^']*')+/", explode(' | ', $line)[0], $words);
                    // A fixed port may be in use.
                    $commands[] = str_replace(['--port=5038', "'"], ['--port=0', ''], array_slice($words[0], 1));
                }
            }
        }

        return $commands;
    }
}
