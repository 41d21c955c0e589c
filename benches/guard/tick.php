<?php

/**
 * What the stall guard costs while nobody stalls: CPU time of a tick, and of an event in a flood, with the guard on and off.
 *
 * usage: tools/php benches/guard/tick.php
 *
 * A third manager has no guard, but another one of its process has, which rests: that shows what any second thread costs a
 * process. They take turns, each time in a process of its own; what is compared is CPU time of the whole process, guard
 * included, so that a busy machine matters little. Medians of the rounds count.
 */

declare(strict_types=1);

use Apn\AmiClient\AmiClientManager;
use Apn\AmiClient\ClusterOptions;
use Apn\AmiClient\ServerConfig;

require dirname(__DIR__, 2) . '/tests/phpt/guards.inc';

const ROUNDS = 15;

const TICKS = 200_000;

const EVENTS = 100_000;

if ($argc === 4) {
    echo measure($argv[1], $argv[2], (int) $argv[3]);
    exit();
}
foreach (['ticks' => '0', 'events' => '40000'] as $what => $rate) {
    $fake = new Fake(1, '--rate', $rate, '--write-timeout-ms', '0');
    $cost = [];
    for ($round = 0; $round < ROUNDS; ++$round) {
        foreach (['on', 'off', 'beside'] as $guard) {
            $command = [PHP_BINARY, __FILE__, $what, $guard, (string) $fake->ports[0]];
            $cost[$guard][] = (float) shell_exec(implode(' ', array_map(escapeshellarg(...), $command)));
        }
    }
    $fake->kill();
    printf(
        "%-6s  guard on %5.0f ns, off %5.0f ns each: %+.1f %%; off beside an idle thread %5.0f ns: %+.1f %%\n",
        $what,
        median($cost['on']),
        median($cost['off']),
        more($cost['on'], $cost['off']),
        median($cost['beside']),
        more($cost['on'], $cost['beside']),
    );
}

/** Nanoseconds of CPU time for each. */
function measure(string $what, string $guard, int $port): float
{
    $idle = $guard === 'beside' ? ready(stallGuardMs: 25, port: $port, eventMask: 'off') : null;
    $idle?->tick(1_100);
    $ami = ready(stallGuardMs: $guard === 'on' ? 25 : 0, port: $port);
    $events = 0;
    $ami->onEvent('*', static function () use (&$events): void {
        ++$events;
    });
    $ami->tick(100);
    guards() === ($guard === 'off' ? 0 : 1) || exit('not the threads that are compared');
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

function ready(int $stallGuardMs, int $port, ?string $eventMask = null): AmiClientManager
{
    $server = new ServerConfig('pbx1', '127.0.0.1', $port, 'admin', 's3cret', eventMask: $eventMask);
    $ami = new AmiClientManager([$server], cluster: new ClusterOptions(stallGuardMs: $stallGuardMs));
    $ami->connectAll(wait: 10.0) === [] || exit('not ready');

    return $ami;
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

/**
 * How much more it was than the other of the same round, in percent: the machine's speed changes from round to round.
 *
 * @param non-empty-list<float> $cost
 * @param non-empty-list<float> $base
 */
function more(array $cost, array $base): float
{
    return 100 * (median(array_map(static fn(float $one, float $other): float => $one / $other, $cost, $base)) - 1);
}

/** @param non-empty-list<float> $values */
function median(array $values): float
{
    sort($values);

    return $values[intdiv(count($values), 2)];
}
