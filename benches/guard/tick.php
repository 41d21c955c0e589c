<?php

/**
 * What the stall guard costs while nobody stalls: CPU time of a tick, and of an event in a flood, with the guard on and off.
 *
 * usage: tools/php benches/guard/tick.php
 *
 * The two take turns, each time in a process of its own; what is compared is CPU time of the whole process, guard included, so
 * that a busy machine matters little. The median of the rounds counts.
 */

declare(strict_types=1);

use Apn\AmiClient\AmiClientManager;
use Apn\AmiClient\ClusterOptions;

require dirname(__DIR__, 2) . '/tests/phpt/guards.inc';

const ROUNDS = 15;

const TICKS = 200_000;

const EVENTS = 100_000;

if ($argc === 4) {
    echo measure($argv[1], (int) $argv[2], (int) $argv[3]);
    exit();
}
foreach (['ticks' => '0', 'events' => '40000'] as $what => $rate) {
    $fake = new Fake(1, '--rate', $rate, '--write-timeout-ms', '0');
    $cost = [];
    for ($round = 0; $round < ROUNDS; ++$round) {
        foreach ([25, 0] as $stallGuardMs) {
            $command = [PHP_BINARY, __FILE__, $what, (string) $stallGuardMs, (string) $fake->ports[0]];
            $cost[$stallGuardMs][] = (float) shell_exec(implode(' ', array_map(escapeshellarg(...), $command)));
        }
    }
    $fake->kill();
    [$on, $off] = [median($cost[25]), median($cost[0])];
    printf("%-6s  guard on %7.0f ns, off %7.0f ns each: %+.1f %%\n", $what, $on, $off, 100 * (($on / $off) - 1));
}

/** Nanoseconds of CPU time for each. */
function measure(string $what, int $stallGuardMs, int $port): float
{
    $ami = new AmiClientManager([new Apn\AmiClient\ServerConfig(
        'pbx1',
        '127.0.0.1',
        $port,
        'admin',
        's3cret',
    )], cluster: new ClusterOptions(stallGuardMs: $stallGuardMs));
    $ami->connectAll(wait: 10.0) === [] || exit('not ready');
    $events = 0;
    $ami->onEvent('*', static function () use (&$events): void {
        ++$events;
    });
    $began = cpu();
    if ($what === 'ticks') {
        for ($tick = 0; $tick < TICKS; ++$tick) {
            $ami->tick();
        }

        return (cpu() - $began) / TICKS;
    }
    while ($events < EVENTS) {
        $ami->tick(100);
    }

    return (cpu() - $began) / $events;
}

/** Nanoseconds that this process has used. */
function cpu(): float
{
    $usage = getrusage() ?: [];

    return (
        1e3
        * (
            (1e6 * ($usage['ru_utime.tv_sec'] + $usage['ru_stime.tv_sec']))
            + $usage['ru_utime.tv_usec']
            + $usage['ru_stime.tv_usec']
        )
    );
}

/** @param non-empty-list<float> $values */
function median(array $values): float
{
    sort($values);

    return $values[intdiv(count($values), 2)];
}
