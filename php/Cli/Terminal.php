<?php

declare(strict_types=1);

namespace Apn\AmiClient\Cli;

/** What is known of the terminal: how wide it is, whether it has colours, and whether somebody reads the messages. */
final readonly class Terminal
{
    private const int NARROWEST = 40;

    public function __construct(
        /** Columns; null where the output goes to a file or a pipe, and lines may have any length. */
        public ?int $width = null,
        public bool $hasColours = false,
        /** Somebody watches: a word may be said about what is waited for. */
        public bool $isWatched = false,
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
        // https://no-color.org: any value that is not empty.
        $hasColours = ($environment['NO_COLOR'] ?? '') === '' && ($environment['TERM'] ?? 'dumb') !== 'dumb';

        return new self(self::columns($environment), $hasColours, $isWatched);
    }

    /** @param array<string, string> $environment */
    private static function columns(array $environment): int
    {
        $columns = (int) ($environment['COLUMNS'] ?? 0);
        if ($columns === 0 && function_exists('shell_exec')) {
            // "24 80"
            $size = explode(' ', trim((string) shell_exec('stty size 2> /dev/null < /dev/tty')));
            $columns = (int) ($size[1] ?? 0);
        }

        return max(self::NARROWEST, $columns === 0 ? 80 : $columns);
    }
}
