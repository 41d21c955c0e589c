<?php

declare(strict_types=1);

namespace Apn\AmiClient\Tests\Docs;

use PHPUnit\Framework\Attributes\DataProvider;
use PHPUnit\Framework\TestCase;

/** The program `fake-asterisk` accepts every command line of the docs. */
final class FakeAsteriskTest extends TestCase
{
    private const string PROGRAM = 'target/release/fake-asterisk';

    /** @return iterable<string, array{list<string>}> */
    public static function commands(): iterable
    {
        foreach (Page::all() as $page) {
            foreach ($page->blocks() as $block) {
                foreach ($block->language === 'sh' ? explode("\n", $block->code) : [] as $line) {
                    if (str_starts_with($line, self::PROGRAM)) {
                        $arguments = trim(explode(' #', substr($line, strlen(self::PROGRAM)))[0]);

                        yield "{$page->name}: {$line}" => [explode(' ', $arguments)];
                    }
                }
            }
        }
    }

    /** @param list<string> $arguments */
    #[DataProvider('commands')]
    public function testItStarts(array $arguments): void
    {
        $folder = getenv('CARGO_TARGET_DIR') ?: Page::ROOT . '/target';
        $pipes = [];
        $process = proc_open(
            // A fixed port may be in use, so another --port is added. The last of repeated options counts.
            ["{$folder}/release/fake-asterisk", ...$arguments, '--port', '0'],
            [1 => ['pipe', 'w'], 2 => ['pipe', 'w']],
            $pipes,
        );
        self::assertIsResource($process);
        $line = (string) fgets($pipes[1]);
        proc_terminate($process);
        $errors = (string) stream_get_contents($pipes[2]);
        proc_close($process);

        self::assertSame('', $errors);
        self::assertStringStartsWith('listening on 127.0.0.1:', $line);
    }
}
