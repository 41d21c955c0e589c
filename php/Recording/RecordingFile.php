<?php

declare(strict_types=1);

namespace Apn\AmiClient\Recording;

/**
 * A file of recorded sessions: a JSON object a line, in the order of what happened.
 *
 * The first line is `{"format":"ami-recording","version":1}`. Every other has `at` (seconds since the first) and `server`, and one of:
 *
 * - `event`: its headers
 * - `action`: its headers; `answer` (headers), `events` (a list of headers) and `complete` (headers) say how it ended, or `error`
 * - `gap`: the reason, and `dropped`
 * - `state`: where the session stands since then, and why
 *
 * Headers are pairs of name and value in their order. Bytes that are no UTF-8 are replaced.
 *
 * @internal
 */
final class RecordingFile
{
    private const array HEAD = ['format' => 'ami-recording', 'version' => 1];
    private const int JSON =
        JSON_THROW_ON_ERROR | JSON_UNESCAPED_SLASHES | JSON_UNESCAPED_UNICODE | JSON_INVALID_UTF8_SUBSTITUTE;

    private int $bytes = 0;

    /** @param resource $handle */
    private function __construct(
        private $handle,
        private readonly int $bytesMax,
    ) {}

    /** @throws \RuntimeException where the file cannot be made or is there already */
    public static function create(string $file, int $bytesMax): self
    {
        $handle = @fopen($file, 'xb');
        if ($handle === false) {
            throw new \RuntimeException(
                "cannot record to {$file}: " . (error_get_last()['message'] ?? 'unknown error'),
            );
        }
        // Calls and their numbers are nobody else's business.
        chmod($file, 0o600);
        $recording = new self($handle, $bytesMax);
        $recording->write(self::HEAD);

        return $recording;
    }

    /**
     * @return \Generator<int, array<string, mixed>>
     *
     * @throws \UnexpectedValueException naming file and line where it is no recording
     */
    public static function read(string $file): \Generator
    {
        $handle = @fopen($file, 'rb');
        if ($handle === false) {
            throw new \UnexpectedValueException(
                "cannot read {$file}: " . (error_get_last()['message'] ?? 'unknown error'),
            );
        }
        try {
            for ($number = 1; ($line = fgets($handle)) !== false; ++$number) {
                $entry = json_decode($line, associative: true);
                $isGood =
                    is_array($entry) && ($number === 1 ? $entry === self::HEAD : isset($entry['at'], $entry['server']));
                if (!$isGood) {
                    throw new \UnexpectedValueException("{$file}:{$number}: not a line of a recording");
                }
                if ($number > 1) {
                    yield $entry;
                }
            }
        } finally {
            fclose($handle);
        }
    }

    /**
     * @param array<string, mixed> $entry
     *
     * @return bool false where the file would grow over its bound or the disk is full
     */
    public function write(array $entry): bool
    {
        $line = json_encode($entry, self::JSON) . "\n";
        if (($this->bytes + strlen($line)) > $this->bytesMax) {
            return false;
        }
        $this->bytes += strlen($line);

        return fwrite($this->handle, $line) === strlen($line);
    }

    public function close(): void
    {
        fclose($this->handle);
    }
}
