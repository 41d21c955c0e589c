<?php

declare(strict_types=1);

/**
 * usage: ours-idle.php ADDRESS IDLE    ten busy servers beside so many idle ones
 *
 * Prints how long connecting took and within which budget, memory of an idle server, the time of a tick that finds
 * nothing to do, and what the events of the busy ones cost.
 */

namespace Apn\AmiClient\Bench;

use Apn\AmiClient\ClusterOptions;
use Apn\AmiClient\GenericAction;

require __DIR__ . '/Distribution.php';
require __DIR__ . '/Stopwatch.php';
require __DIR__ . '/ours.php';

const BUSY = 10;

const CONNECTS_A_SECOND = 500;

const TICKS = 5_000;

const EVENTS = 20_000;

[, $address, $idle] = $argv;
$idle = (int) $idle;
// The first servers pay for the library's own buffers.
connect($address, BUSY)->terminate();
$memory = memory();
$began = hrtime(true);
$cluster = new ClusterOptions(maxConnectAttemptsPerTick: 50, maxConnectAttemptsPerSecond: CONNECTS_A_SECOND);
$manager = connect($address, BUSY + $idle, null, $cluster);
$connect = (hrtime(true) - $began) / 1e9;
$memory = memory() - $memory;

$events = 0;
$manager->onEvent('*', static function () use (&$events): void {
    ++$events;
});
$times = [];
for ($number = 0; $number < TICKS; ++$number) {
    $began = hrtime(true);
    $manager->tick();
    $times[] = (hrtime(true) - $began) / 1e9;
}
$tick = Distribution::of($times)['p50'];

$watch = new Stopwatch();
for ($number = 1; $number <= BUSY; ++$number) {
    // A few events a tick, some 2,000 ticks a second: this is about the ticks.
    $feed = ['Frames' => intdiv(EVENTS, BUSY), 'Rate' => 2_000, 'Burst' => 10];
    $manager->send(new GenericAction('Feed', $feed), "pbx$number");
}
tick_until($manager, $events, EVENTS);
$watch->report(EVENTS, [
    'connect' => $connect,
    'connects_a_second' => CONNECTS_A_SECOND,
    'node_memory' => $memory / (BUSY + $idle),
    'tick' => $tick,
]);
