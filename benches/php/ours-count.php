<?php

declare(strict_types=1);

/**
 * usage: ours-count.php ADDRESS FRAMES    a listener that reads three headers, for counting instructions
 *
 * The frames come a burst at a time, each with one read; without the stall guard nothing depends on the clock.
 */

namespace Apn\AmiClient\Bench;

use Apn\AmiClient\AmiEvent;
use Apn\AmiClient\ClusterOptions;
use Apn\AmiClient\GenericAction;

require __DIR__ . '/ours.php';

const BURST = 100;

const RATE = 2_000;

[, $address, $frames] = $argv;
$frames = (int) $frames;
$manager = connect($address, 1, null, new ClusterOptions(stallGuardMs: 0));
$events = 0;
$manager->onEvent('*', static function (AmiEvent $event) use (&$events): void {
    ++$events;
    $read = [$event->name, $event['Channel'], $event['Uniqueid']];
});
$manager->send(new GenericAction('Feed', ['Frames' => $frames, 'Rate' => RATE, 'Burst' => BURST]));
while ($events < $frames) {
    $manager->tick(1_000);
}
