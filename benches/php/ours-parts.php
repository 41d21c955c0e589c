<?php

declare(strict_types=1);

/**
 * usage: ours-parts.php ADDRESS    what PHP's part of an event takes: its object, and the listener of ours-listen.php
 *
 * Events are kept first, and looked at afterwards, so that nothing else is measured.
 */

namespace Apn\AmiClient\Bench;

use Apn\AmiClient\AmiEvent;
use Apn\AmiClient\GenericAction;

require __DIR__ . '/Distribution.php';
require __DIR__ . '/ours.php';

/** Events that are kept at once, fewer than a queue holds. */
const KEPT = 1_000;

const PASSES = 200;

[, $address] = $argv;
$manager = connect($address);
/** @var list<AmiEvent> $kept */
$kept = [];
$seen = 0;
$manager->onEvent('*', static function (AmiEvent $event) use (&$kept, &$seen): void {
    $kept[] = $event;
    ++$seen;
});
$events = 0;
$bytes = 0;
$listener = static function (AmiEvent $event) use (&$events, &$bytes): void {
    ++$events;
    $bytes += strlen($event->name) + strlen($event['Channel'] ?? '') + strlen($event['Uniqueid'] ?? '');
};
$times = ['object' => [], 'listener' => []];
for ($pass = 0; $pass < PASSES; ++$pass) {
    // New events each time: the index of one that was looked at is there already.
    $kept = [];
    $seen = 0;
    $manager->send(new GenericAction('Feed', ['Frames' => KEPT]));
    tick_until($manager, $seen, KEPT);
    $began = hrtime(true);
    foreach ($kept as $event) {
        $object = clone $event;
    }
    $times['object'][] = ((hrtime(true) - $began) / 1e9) / KEPT;
    $began = hrtime(true);
    // PHP's own C calls the listener, as the extension does.
    array_walk($kept, $listener);
    $times['listener'][] = ((hrtime(true) - $began) / 1e9) / KEPT;
}
echo
    json_encode(array_map(static fn(array $of): float => Distribution::of($of)['p50'], $times), JSON_THROW_ON_ERROR),
    "\n"
;
