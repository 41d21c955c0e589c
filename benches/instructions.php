<?php

declare(strict_types=1);

/**
 * usage: instructions.php check|update VALGRIND EXTENSION BENCH DATA NUMBERS
 *
 * Counts instructions an operation, as the difference of a long and a short run, so that the start is left out, and
 * compares them with those in the file NUMBERS; tools/instructions calls it.
 */

namespace Apn\AmiClient\Bench;

spl_autoload_register(static function (string $class): void {
    require __DIR__ . '/runner/' . substr($class, strlen(__NAMESPACE__) + 1) . '.php';
});

const TIMES = 2_000;

/** Of what the data has less of. */
const TIMES_RARE = 600;

const MORE_ALLOWED = 0.03;

[, $mode, $valgrind, $extension, $bench, $data, $file] = $argv;
$scratch = dirname($data);
$callgrind = new Callgrind($valgrind, $scratch);

$cut = static function (int $frames) use ($data, $scratch): string {
    $all = explode("\r\n\r\n", (string) file_get_contents($data), $frames + 1);
    file_put_contents("$scratch/events-$frames.ami", implode("\r\n\r\n", array_slice($all, 0, $frames)) . "\r\n\r\n");

    return "$scratch/events-$frames.ami";
};
/** Events that carry the whole state of a channel, of some dialogues; those of class dialplan are most of all. */
$cutOwn = static function (int $frames, bool $withDialplan) use ($data, $scratch): string {
    $names =
        'Newchannel|Newstate|NewCallerid|NewConnectedLine|NewAccountCode|Hangup' . ($withDialplan ? '|Newexten' : '');
    $all = explode("\r\n\r\n", (string) file_get_contents($data));
    $own = array_slice(preg_grep("/^Event: ($names)\r/", $all) ?: [], 0, $frames);
    file_put_contents("$scratch/own-$frames.ami", implode("\r\n\r\n", $own) . "\r\n\r\n");

    return "$scratch/own-$frames.ami";
};
$script = __DIR__ . '/php/ours-count.php';
$core = static fn(string $pass, int $times): array => $callgrind->count($bench, [$bench, $pass, $cut($times)]);
$php = static fn(string $subject, int $times): array => $callgrind->count($extension, [
    PHP_BINARY,
    '-d',
    "extension=$extension",
    $script,
    $subject,
    (string) $times,
    $data,
]);
/** @return array{own: int, all: int} of one operation */
$each = static function (\Closure $count, string $subject): array {
    [$short, $long] = [$count($subject, TIMES), $count($subject, 2 * TIMES)];

    return [
        'own' => (int) round(($long['own'] - $short['own']) / TIMES),
        'all' => (int) round(($long['all'] - $short['all']) / TIMES),
    ];
};
/** What the live model takes of one of these events: with it, less framing alone. */
$model = static function (int $times, bool $withDialplan) use ($callgrind, $bench, $cutOwn): int {
    $count = static fn(string $pass, int $times): int => $callgrind->count($bench, [
        $bench,
        $pass,
        $cutOwn($times, $withDialplan),
    ])['all'];
    $alone = $count('framing', 2 * $times) - $count('framing', $times);

    return (int) round(($count('model', 2 * $times) - $count('model', $times) - $alone) / $times);
};
$event = $each($php, 'listener');
$counts = [
    'a frame cut of the stream' => $each($core, 'framing')['own'],
    'a frame cut, indexed and read whole' => $each($core, 'index')['own'],
    "a channel's own event into the live model, with libc" => $model(TIMES, true),
    "a channel's own event of class call into the live model, with libc" => $model(TIMES_RARE, false),
    'an event delivered to PHP' => $event['own'],
    'an event delivered to PHP, with PHP and libc' => $event['all'],
    'an action, from its making to its callback, with PHP and libc' =>
        $each($php, 'action')['all'] - $each($php, 'answers')['all'],
];
// What follows is short: what the loop itself takes is left out.
$loop = $each($php, 'nothing')['all'];
foreach ([
    "\$event['Channel']" => 'offset',
    '$event->get()' => 'get',
    '$event->getHeaders() of 20 headers' => 'headers',
    'clone $event' => 'clone',
    'a method without arguments' => 'method',
    'new GenericAction' => 'new-action',
    'new ServerConfig' => 'new-config',
] as $name => $subject) {
    $counts["$name, with PHP and libc"] = $each($php, $subject)['all'] - $loop;
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
