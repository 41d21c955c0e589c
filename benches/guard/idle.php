<?php

/**
 * How often an idle stall guard wakes: context switches of its thread while the process waits, for ten seconds each.
 *
 * usage: tools/php benches/guard/idle.php
 */

declare(strict_types=1);

use Apn\AmiClient\AmiClientManager;
use Apn\AmiClient\ClientOptions;

require dirname(__DIR__, 2) . '/tests/phpt/guards.inc';

const SECONDS = 10;

$fake = new Fake();
$ways = [
    'in tick()' => static fn(AmiClientManager $ami): mixed => $ami->tick(1_000 * SECONDS),
    'in stream_select(), as an event loop' => select(...),
    'in stream_select(), a heartbeat each second' => select(...),
];
foreach ($ways as $way => $wait) {
    $options = new ClientOptions(heartbeatInterval: str_contains($way, 'heartbeat') ? 1.0 : 15.0);
    $ami = new AmiClientManager($fake->servers($options));
    $ami->connectAll(wait: 10.0) === [] || exit('not ready');
    $ami->tick(100);
    $before = switches();
    $wait($ami);
    printf("%-45s %d wake-ups of the guard in %d s\n", $way, switches() - $before, SECONDS);
}

/** As a loop does: sleeps until the manager's stream is readable or its deadline is due. */
function select(AmiClientManager $ami): void
{
    $end = microtime(true) + SECONDS;
    while (($left = $end - microtime(true)) > 0) {
        $wait = min($left, ($ami->nextDeadlineMs() ?? PHP_INT_MAX) / 1e3);
        $read = [$ami->getStream()];
        $write = $except = null;
        stream_select($read, $write, $except, (int) $wait, (int) (fmod($wait, 1) * 1e6));
        $ami->tick();
    }
}

/** Of every thread but PHP's own. */
function switches(): int
{
    $count = 0;
    foreach (glob('/proc/self/task/*/status') ?: [] as $status) {
        if ((int) basename(dirname($status)) !== getmypid()) {
            preg_match('/^voluntary_ctxt_switches:\s*(\d+)/m', (string) file_get_contents($status), $found);
            $count += (int) ($found[1] ?? 0);
        }
    }

    return $count;
}
