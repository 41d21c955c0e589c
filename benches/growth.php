<?php

declare(strict_types=1);

/**
 * usage: growth.php VALGRIND BENCH SCRATCH
 *
 * Counts the instructions of each case of `apn-bench growth` at a size and at four times of it: what is linear takes four
 * times as many, what is quadratic sixteen times. tools/growth calls it.
 */

namespace Apn\AmiClient\Bench;

spl_autoload_register(static function (string $class): void {
    require __DIR__ . '/runner/' . substr($class, strlen(__NAMESPACE__) + 1) . '.php';
});

const SIZE = 1_000;

/** A tree or a sort takes a little more than four times as many. */
const MOST = 6.0;

[, $valgrind, $bench, $scratch] = $argv;
$callgrind = new Callgrind($valgrind, $scratch);
$cases = array_filter(explode("\n", (string) shell_exec(escapeshellarg($bench) . ' growth')));
$failed = $cases === [];
foreach ($cases as $case) {
    $count = static fn(int $size): int => $callgrind->count($bench, [$bench, 'growth', $case, (string) $size])['all'];
    // What a run takes whatever its size is left out.
    $start = $count(4);
    $growth = ($count(4 * SIZE) - $start) / max(1, $count(SIZE) - $start);
    $failed = $failed || $growth > MOST;
    printf(
        "%s: %.1f times the instructions for 4 times as many%s\n",
        $case,
        $growth,
        $growth > MOST ? ': NOT LINEAR' : '',
    );
}
exit((int) $failed);
