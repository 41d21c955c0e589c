<?php

declare(strict_types=1);

/**
 * usage: instructions.php check|update VALGRIND EXTENSION BENCH DATA NUMBERS
 *
 * Counts instructions a frame, as the difference of a long and a short run, so that the start is left out, and
 * compares them with those in the file NUMBERS; tools/instructions calls it.
 */

namespace Apn\AmiClient\Bench;

spl_autoload_register(static function (string $class): void {
    require __DIR__ . '/runner/' . substr($class, strlen(__NAMESPACE__) + 1) . '.php';
});

const SHORT = 2_000;

const LONG = 4_000;

const MORE_ALLOWED = 0.03;

[, $mode, $valgrind, $extension, $bench, $data, $file] = $argv;
$scratch = dirname($data);
$callgrind = new Callgrind($valgrind, $scratch);
$programs = new Programs($extension, $bench, $data);

$cut = static function (int $frames) use ($data, $scratch): string {
    $all = explode("\r\n\r\n", (string) file_get_contents($data), $frames + 1);
    file_put_contents("$scratch/events-$frames.ami", implode("\r\n\r\n", array_slice($all, 0, $frames)) . "\r\n\r\n");

    return "$scratch/events-$frames.ami";
};
$core = static fn(string $pass, int $frames): int => $callgrind->count($bench, [$bench, $pass, $cut($frames)]);
$event = static fn(int $frames): int => $callgrind->count($extension, [
    PHP_BINARY,
    '-d',
    "extension=$extension",
    __DIR__ . '/php/ours-count.php',
    $programs->feeder(),
    (string) $frames,
]);
$subjects = [
    'a frame cut of the stream' => static fn(int $frames): int => $core('framing', $frames),
    'a frame cut, indexed and read whole' => static fn(int $frames): int => $core('index', $frames),
    'an event delivered to PHP' => static fn(int $frames): int => $event($frames),
];
$counts = [];
try {
    foreach ($subjects as $name => $count) {
        $counts[$name] = (int) round(($count(LONG) - $count(SHORT)) / (LONG - SHORT));
    }
} finally {
    $programs->stop();
}

/** @var array<string, array<string, int>> $known */
$known = is_file($file) ? json_decode((string) file_get_contents($file), true, flags: JSON_THROW_ON_ERROR) : [];
$key = Machine::toolchain();
$failed = false;
foreach ($counts as $name => $count) {
    $before = $known[$key][$name] ?? null;
    $change = $before === null ? 0.0 : ($count / $before) - 1;
    $failed = $failed || $change > MORE_ALLOWED;
    printf("%s: %s instructions%s\n", $name, number_format($count), match (true) {
        $before === null => ", not known for $key",
        default => sprintf(' (%+.1f %% of %s)', $change * 100, number_format($before)),
    });
}
if ($mode === 'update') {
    $known[$key] = $counts;
    ksort($known);
    file_put_contents($file, json_encode($known, JSON_PRETTY_PRINT | JSON_THROW_ON_ERROR) . "\n");
} elseif ($failed) {
    $percent = MORE_ALLOWED * 100;
    fwrite(
        STDERR,
        "more than $percent % above benches/instructions.json: if it is worth it, tools/instructions --update\n",
    );
    exit(1);
}
