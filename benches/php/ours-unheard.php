<?php

declare(strict_types=1);

/** usage: ours-unheard.php ADDRESS FRAMES    events that no listener wants, by the extension */

namespace Apn\AmiClient\Bench;

use Apn\AmiClient\GenericAction;

require __DIR__ . '/Stopwatch.php';
require __DIR__ . '/ours.php';

[, $address, $frames] = $argv;
$frames = (int) $frames;
$manager = connect($address);
$manager->onEvent('OriginateResponseNobodySends', static function (): void {});
$server = $manager->server('pbx1');
$before = $server->health()->eventsReceived;
$watch = new Stopwatch();
$manager->send(new GenericAction('Feed', ['Frames' => $frames]));
while (($server->health()->eventsReceived - $before) < $frames) {
    $manager->tick(100);
}
$watch->report($frames);
