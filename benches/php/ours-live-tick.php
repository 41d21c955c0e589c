<?php

declare(strict_types=1);

/**
 * usage: ours-live-tick.php CHANNELS...    ticks that change 100 of so many channels and call an empty onCall listener for each
 *
 * A tick with one number of channels follows one with another, so that whatever the machine does besides falls on all
 * numbers alike.
 */

namespace Apn\AmiClient\Bench;

require __DIR__ . '/Distribution.php';
require __DIR__ . '/LiveCalls.php';
require __DIR__ . '/Peer.php';
require __DIR__ . '/Stopwatch.php';

/** Ticks with each number of channels: the median counts. */
const TICKS = 1_000;

$numbers = array_map(intval(...), array_slice($argv, 1));
$models = array_map(static fn(int $channels): LiveCalls => new LiveCalls($channels), $numbers);
$watch = new Stopwatch();
$times = [];
for ($tick = 0; $tick < TICKS; ++$tick) {
    foreach ($models as $at => $model) {
        $times[$numbers[$at]][] = $model->tick($tick);
    }
}
$watch->report(TICKS, array_map(static fn(array $of): float => Distribution::of($of)['p50'], $times));
