<?php

declare(strict_types=1);

namespace Apn\AmiClient\Tests\Docs;

/**
 * Runs the code of a page as a reader would, in a folder with Composer's autoloader: the blocks in order as one script, and
 * files separately. Servers at 10.0.0.x are fake servers, which are started for the run.
 *
 * Each line has the same number in the script and in the page, so that an error names the line of the page.
 */
final readonly class PageRun
{
    private const string MARK = "\x1e";
    private const string SECRET = 's3cret';

    /** Longest run of a page. */
    private const int SECONDS_MAX = 60;

    private string $folder;

    /**
     * @param string|null $endsAfter for a page that runs until SIGINT: the output after which it gets the signal
     */
    public function __construct(
        private Page $page,
        private ?string $endsAfter,
    ) {
        $this->folder = sys_get_temp_dir() . '/ami-docs-' . bin2hex(random_bytes(8));
        mkdir("{$this->folder}/vendor", recursive: true);
        $bootstrap = var_export(Page::ROOT . '/tools/phpunit.d/bootstrap.php', return: true);
        file_put_contents("{$this->folder}/vendor/autoload.php", "<?php require_once {$bootstrap};\n");
    }

    /** @return array{int, string, array<int, string>} exit code, errors, and output by the line of its block */
    public function run(): array
    {
        $outputs = [];
        $status = 0;
        $errors = '';
        $scripts = [];
        foreach ($this->page->blocks() as $block) {
            if ($block->language === 'php' && $block->isFile()) {
                // A file with a return statement does not print its mark.
                $scripts[$block->fileName()] = "{$block->code}\n" . self::mark($block) . "\n";
            }
        }
        $scripts['page.php'] = $this->script();
        $servers = new Servers($this->servers(), self::SECRET);
        foreach ($scripts as $name => $script) {
            file_put_contents("{$this->folder}/{$name}", $servers->place($script));
        }
        foreach (array_keys($scripts) as $name) {
            [$code, $output, $said] = $this->php($name);
            $status = max($status, $code);
            $errors .= $said;
            $outputs += self::byBlock($output);
        }
        $servers->stop();

        return [$status, $errors, $outputs];
    }

    public function remove(): void
    {
        foreach ([...(glob("{$this->folder}/*/*") ?: []), ...(glob("{$this->folder}/*") ?: [])] as $path) {
            is_dir($path) ? rmdir($path) : unlink($path);
        }
        rmdir($this->folder);
    }

    /** The script of all blocks that are not files, with the line numbers of the page. */
    private function script(): string
    {
        $lines = [1 => "<?php declare(strict_types=1); require 'vendor/autoload.php';"];
        foreach ($this->page->blocks() as $block) {
            if ($block->language !== 'php' || $block->isFile()) {
                continue;
            }
            foreach (explode("\n", $block->code) as $index => $line) {
                $lines[$block->line + $index] = $line;
            }
            $lines[$block->endsAt() + 1] = self::mark($block);
        }
        $script = '';
        for ($line = 1; $line <= max(array_keys($lines)); ++$line) {
            $script .= ($lines[$line] ?? '') . "\n";
        }

        return $script;
    }

    /** Code that prints the end mark of a block's output. */
    private static function mark(Block $block): string
    {
        return 'echo "' . self::MARK . $block->line . '\n";';
    }

    /** Number of servers that the page uses. */
    private function servers(): int
    {
        $found = [];
        preg_match_all("/'10\.0\.0\.(\d+)'/", $this->page->text, $found);

        return count(array_unique($found[1] ?? []));
    }

    /** @return array{int, string, string} exit code, output, errors */
    private function php(string $script): array
    {
        $pipes = [];
        $process = proc_open(
            [PHP_BINARY, '-d', 'display_errors=stderr', '-d', 'error_reporting=-1', '-d', 'zend.assertions=1', $script],
            // No input.
            [0 => ['file', '/dev/null', 'r'], 1 => ['pipe', 'w'], 2 => ['file', "{$this->folder}/errors", 'w']],
            $pipes,
            $this->folder,
            [...getenv(), 'AMI_SECRET' => self::SECRET],
        );
        $pipe = $pipes[1] ?? throw new \RuntimeException('no process');
        $output = '';
        $isTold = $this->endsAfter === null;
        $deadline = microtime(true) + self::SECONDS_MAX;
        while (!feof($pipe)) {
            $read = [$pipe];
            $write = $except = null;
            if (stream_select($read, $write, $except, max(0, (int) ($deadline - microtime(true)))) === 0) {
                proc_terminate($process, SIGKILL);
                $output .= "\nkilled after " . self::SECONDS_MAX . " s\n";
                break;
            }
            $output .= fread($pipe, 65_536);
            if (!$isTold && str_contains($output, (string) $this->endsAfter)) {
                $isTold = proc_terminate($process, SIGINT);
            }
        }

        return [proc_close($process), $output, (string) file_get_contents("{$this->folder}/errors")];
    }

    /** @return array<int, string> */
    private static function byBlock(string $output): array
    {
        $outputs = [];
        $parts = preg_split('/' . self::MARK . '(\d+)\n/', $output, flags: PREG_SPLIT_DELIM_CAPTURE) ?: [];
        for ($index = 0; isset($parts[$index + 1]); $index += 2) {
            $outputs[(int) $parts[$index + 1]] = $parts[$index];
        }

        return $outputs;
    }
}
