<?php

declare(strict_types=1);

namespace Apn\AmiClient\Recording;

/**
 * A file of recorded sessions, with one JSON object for each line, in order of time.
 *
 * The first line is `{"format":"ami-recording","version":1}`. Every other line has `at` (seconds since the recording began) and `server`, and one of:
 *
 * - `event`: its headers
 * - `action`: its headers, with its answer as `answer` (headers), `events` (a list of headers) and `complete` (headers), or with `error`
 * - `gap`: the reason, with `dropped`
 * - `state`: the new state of the session, with `from`, `reason` and `detail`
 *
 * Headers are pairs of name and value in order. Bytes that are not UTF-8 are replaced.
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

    /** @throws \RuntimeException if the file exists already or cannot be made */
    public static function create(string $file, int $bytesMax): self
    {
        $warning = '';
        // Only the owner may read the file, from the moment it is made, because it shows who calls whom.
        $mask = umask(0o177);
        $handle = Quietly::call(static fn() => fopen($file, 'xb'), $warning);
        umask($mask);
        if ($handle === false) {
            $reason = file_exists($file) ? 'it is there already, and a recording needs a new file' : $warning;
            throw new \RuntimeException("cannot record to {$file}: {$reason}");
        }
        $recording = new self($handle, $bytesMax);
        $recording->write(self::HEAD);

        return $recording;
    }

    /**
     * @return \Generator<int, Entry>
     *
     * @throws \UnexpectedValueException if it is not a recording; the message names the file and the line
     */
    public static function read(string $file): \Generator
    {
        $warning = '';
        $handle = Quietly::call(static fn() => fopen($file, 'rb'), $warning);
        if ($handle === false) {
            throw new \UnexpectedValueException("cannot read {$file}: {$warning}");
        }
        try {
            for ($number = 1; ($line = fgets($handle)) !== false; ++$number) {
                if ($number === 1 && json_decode($line, associative: true) === self::HEAD) {
                    continue;
                }
                $entry = $number === 1 ? null : Entry::ofJson(json_decode($line, associative: true));
                yield $entry ?? throw new \UnexpectedValueException("{$file}:{$number}: not a line of a recording");
            }
            if ($number === 1) {
                throw new \UnexpectedValueException("{$file}: it is empty, no recording");
            }
        } finally {
            fclose($handle);
        }
    }

    /**
     * @param array<string, mixed> $entry
     *
     * @return bool false if the file would exceed its largest size, or if the disk is full
     */
    public function write(array $entry): bool
    {
        $line = (string) json_encode($entry, self::JSON) . "\n";
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
