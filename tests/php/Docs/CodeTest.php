<?php

declare(strict_types=1);

namespace Apn\AmiClient\Tests\Docs;

use PHPUnit\Framework\Attributes\DataProvider;
use PHPUnit\Framework\TestCase;

/**
 * Runs the code of README.md and of every page of docs, and compares its output with the page.
 *
 * The `php` blocks of a page run in order as one script, so that a class is imported once. A block that begins with `<?php` is a separate file,
 * named by its first comment. A `text` block directly after a block is its output, in which "..." stands for any text. Addresses 10.0.0.x are fake
 * servers with an account `dialer` (Servers).
 */
final class CodeTest extends TestCase
{
    /** Pages that run until Ctrl-C, with the output after which they get the signal. */
    private const array ENDLESS = [
        'README.md' => 'hung up',
        'docs/getting-started.md' => 'hung up',
        'docs/workers.md' => '-> ready',
        'docs/event-loops.md' => 'hung up',
    ];

    /** Pages whose code cannot run here, each with the reason. Their syntax is checked. */
    private const array READ_ONLY = [
        'docs/laravel.md' => 'needs a Laravel application: laravel-adapter/tests run such code in one',
    ];

    /** @return iterable<string, array{Page}> */
    public static function pages(): iterable
    {
        foreach (Page::all() as $name => $page) {
            if (self::code($page) !== [] && !isset(self::READ_ONLY[$name])) {
                yield $name => [$page];
            }
        }
    }

    #[DataProvider('pages')]
    public function testTheCodeOfAPageRunsAndPrintsWhatThePageSays(Page $page): void
    {
        $run = new PageRun($page, self::ENDLESS[$page->name] ?? null);
        try {
            [$status, $errors, $outputs] = $run->run();
        } finally {
            $run->remove();
        }

        self::assertSame(['', 0], [$errors, $status], "{$page->name}:\n" . implode('', $outputs));
        foreach (self::code($page) as $block) {
            $expected = $page->outputOf($block);
            if ($expected !== null) {
                self::assertStringMatchesFormat(
                    self::format($expected->code),
                    rtrim($outputs[$block->line] ?? 'did not run', "\n"),
                    "{$page->name}:{$expected->line}",
                );
            }
        }
    }

    /** @return iterable<string, array{Page}> */
    public static function pagesThatAreOnlyRead(): iterable
    {
        foreach (array_keys(self::READ_ONLY) as $name) {
            yield $name => [Page::of($name)];
        }
    }

    #[DataProvider('pagesThatAreOnlyRead')]
    public function testCodeThatCannotRunIsAtLeastPhp(Page $page): void
    {
        self::assertNotSame([], self::code($page));
        foreach (self::code($page) as $block) {
            [$status, $output] = self::lint(self::whole($block->code));

            self::assertSame(0, $status, "{$page->name}:{$block->line}: {$output}");
        }
    }

    /** @return list<Block> */
    private static function code(Page $page): array
    {
        return array_values(array_filter($page->blocks(), static fn(Block $block): bool => $block->language === 'php'));
    }

    /** "..." in an output stands for any text. */
    private static function format(string $output): string
    {
        return strtr($output, ['%' => '%%', '...' => '%A']);
    }

    /** Completes a sketch so that PHP can parse it: "..." is a gap, and a first paragraph that begins with a key is the inside of an array. */
    private static function whole(string $code): string
    {
        $code = (string) preg_replace('/=> \.\.\.(?=[,)\];])/', '=> null', $code);
        $code = (string) preg_replace("~^((?://[^\n]*\n)*)('\w+' => .*?)(?=\n\n|\z)~s", '$1return [$2];', $code);

        return str_starts_with($code, '<?php') ? $code : "<?php\n{$code}\n";
    }

    /** @return array{int, string} */
    private static function lint(string $code): array
    {
        $pipes = [];
        $process = proc_open(
            [PHP_BINARY, '-d', 'display_errors=stdout', '-l'],
            [0 => ['pipe', 'r'], 1 => ['pipe', 'w'], 2 => ['pipe', 'w']],
            $pipes,
        );
        self::assertIsResource($process);
        fwrite($pipes[0], $code);
        fclose($pipes[0]);
        $output = stream_get_contents($pipes[1]) . stream_get_contents($pipes[2]);

        return [proc_close($process), $output];
    }
}
