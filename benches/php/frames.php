<?php

declare(strict_types=1);

namespace Apn\AmiClient\Bench;

/** Frames looked at, fewer than a queue holds. */
const FRAMES = 5_000;

const PASSES = 10;

/** Timed at once: short enough that most batches are not interrupted by another process. */
const BATCH = 20;

/** @return array<int, string> those of the first frames that have twenty headers, by their number */
function frames_of_twenty(string $file): array
{
    $frames = explode("\r\n\r\n", (string) file_get_contents($file, false, null, 0, FRAMES * 600), FRAMES + 1);
    array_pop($frames);

    return array_filter($frames, static fn(string $frame): bool => substr_count($frame, "\r\n") === 19);
}
