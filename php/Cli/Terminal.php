<?php

declare(strict_types=1);

namespace Apn\AmiClient\Cli;

/** The properties of the terminal: its size, whether it has colours, and whether a person reads the messages. */
final readonly class Terminal
{
    private const int NARROWEST = 40;
    private const int LOWEST = 10;

    public function __construct(
        /** Columns. Null if the output is a file or a pipe, where lines may have any length. */
        public ?int $width = null,
        public bool $hasColours = false,
        /** True if a person watches, so that the command may print what it waits for. */
        public bool $isWatched = false,
        /** Lines. Null where the cursor cannot be moved: a file, a pipe, or TERM=dumb. */
        public ?int $height = null,
    ) {}

    /**
     * @param resource $output
     * @param resource $errors
     * @param array<string, string> $environment
     */
    public static function of($output, $errors, array $environment): self
    {
        $isWatched = stream_isatty($errors);
        if (!stream_isatty($output)) {
            return new self(isWatched: $isWatched);
        }
        $isDumb = ($environment['TERM'] ?? 'dumb') === 'dumb';
        // https://no-color.org: any value that is not empty turns colours off.
        $hasColours = ($environment['NO_COLOR'] ?? '') === '' && !$isDumb;
        [$lines, $columns] = self::size($environment);

        return new self($columns, $hasColours, $isWatched, $isDumb ? null : $lines);
    }

    /**
     * @param array<string, string> $environment
     *
     * @return array{int, int} lines and columns
     */
    private static function size(array $environment): array
    {
        $lines = (int) ($environment['LINES'] ?? 0);
        $columns = (int) ($environment['COLUMNS'] ?? 0);
        if (($lines === 0 || $columns === 0) && function_exists('shell_exec')) {
            // "24 80"
            $size = explode(' ', trim((string) shell_exec('stty size 2> /dev/null < /dev/tty')));
            $lines = $lines ?: (int) ($size[0] ?? 0);
            $columns = $columns ?: (int) ($size[1] ?? 0);
        }

        return [max(self::LOWEST, $lines ?: 24), max(self::NARROWEST, $columns ?: 80)];
    }
}
