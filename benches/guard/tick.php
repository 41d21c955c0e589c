<?php

/**
 * What the stall guard costs while nobody stalls: a tick in a busy loop, and CPU time of an event in a flood, with the guard and without.
 *
 * usage: tools/php benches/guard/tick.php
 *
 * Ticks: managers of one process take turns of some milliseconds, and the quickest turn of each counts, which nobody
 * interrupted. One without a guard is measured twice, before the process has any other thread, and beside the guard of
 * another manager: the difference is what a second thread costs a process, whoever it is.
 *
 * Events: each time a process of its own, whose whole CPU time counts, that of the guard included.
 */

declare(strict_types=1);

use Apn\AmiClient\AmiClientManager;
use Apn\AmiClient\Bench\Statistics;
use Apn\AmiClient\Bench\Stopwatch;
use Apn\AmiClient\ClusterOptions;
use Apn\AmiClient\ServerConfig;

require dirname(__DIR__, 2) . '/tests/phpt/guards.inc';
require dirname(__DIR__) . '/php/Stopwatch.php';
require dirname(__DIR__) . '/runner/Statistics.php';

const ROUNDS = 15;

const TURNS = 200;

const TICKS = 5_000;

const EVENTS = 100_000;

if ($argc === 3) {
    echo an_event((int) $argv[1], (int) $argv[2]);
    exit();
}
ticks();
events();

function ticks(): void
{
    $fake = new Fake(1);
    $cost = [];
    for ($round = 0; $round < ROUNDS; ++$round) {
        $off = ready(0, $fake->ports[0]);
        guards() === 0 || exit('a thread too many');
        $cost['alone'][] = quickest(['alone' => $off])['alone'];
        $on = ready(25, $fake->ports[0]);
        guards() === 1 || exit('no guard');
        foreach (quickest(['on' => $on, 'beside' => $off]) as $which => $nanoseconds) {
            $cost[$which][] = $nanoseconds;
        }
        unset($on, $off);
        gc_collect_cycles();
    }
    $fake->kill();
    printf(
        "a tick    guard on %4.0f ns, off %4.0f ns: %+.1f %%; off beside another thread %4.0f ns: %+.1f %%\n",
        Statistics::median($cost['on']),
        Statistics::median($cost['alone']),
        more($cost['on'], $cost['alone']),
        Statistics::median($cost['beside']),
        more($cost['on'], $cost['beside']),
    );
}

function events(): void
{
    $fake = new Fake(1, '--flood', '40000', '--write-timeout-ms', '0');
    $cost = [];
    for ($round = 0; $round < ROUNDS; ++$round) {
        foreach ([25, 0] as $stallGuardMs) {
            $command = [PHP_BINARY, __FILE__, (string) $stallGuardMs, (string) $fake->ports[0]];
            $cost[$stallGuardMs][] = (float) shell_exec(implode(' ', array_map(escapeshellarg(...), $command)));
        }
    }
    $fake->kill();
    printf(
        "an event  guard on %4.0f ns, off %4.0f ns: %+.1f %%\n",
        Statistics::median($cost[25]),
        Statistics::median($cost[0]),
        more($cost[25], $cost[0]),
    );
}

/** A manager with a session that is told events, and with its guard if it has one. */
function ready(int $stallGuardMs, int $port, ?Closure $listener = null): AmiClientManager
{
    $server = new ServerConfig('pbx1', '127.0.0.1', $port, 'admin', 's3cret');
    $ami = new AmiClientManager([$server], cluster: new ClusterOptions(stallGuardMs: $stallGuardMs));
    $ami->onEvent('*', $listener ?? static function (): void {});
    $ami->connectAll(wait: 10.0) === [] || exit('not ready');
    $ami->tick(100);

    return $ami;
}

/**
 * Nanoseconds of a tick in the quickest turn of each.
 *
 * @param array<string, AmiClientManager> $managers
 *
 * @return array<string, float>
 */
function quickest(array $managers): array
{
    $quickest = array_fill_keys(array_keys($managers), INF);
    for ($turn = 0; $turn < TURNS; ++$turn) {
        foreach ($managers as $which => $ami) {
            $began = hrtime(true);
            for ($tick = 0; $tick < TICKS; ++$tick) {
                $ami->tick();
            }
            $quickest[$which] = min($quickest[$which], (hrtime(true) - $began) / TICKS);
        }
    }

    return $quickest;
}

/** Nanoseconds of CPU time for each event. */
function an_event(int $stallGuardMs, int $port): float
{
    $events = 0;
    $ami = ready($stallGuardMs, $port, static function () use (&$events): void {
        ++$events;
    });
    $watch = new Stopwatch();
    while ($events < EVENTS) {
        $ami->tick(100);
    }

    return (1e9 * $watch->processorSeconds()) / $events;
}

/**
 * How much more it was than the other of the same round, in percent: the machine's speed changes from round to round.
 *
 * @param non-empty-list<float> $cost
 * @param non-empty-list<float> $base
 */
function more(array $cost, array $base): float
{
    $ratios = array_map(static fn(float $one, float $other): float => $one / $other, $cost, $base);

    return 100 * (Statistics::median($ratios) - 1);
}
