<?php

declare(strict_types=1);

/** usage: ours-latency.php ADDRESS FRAMES RATE BURST    age of events when the listener gets them, by the extension */

namespace Apn\AmiClient\Bench;

use Apn\AmiClient\AmiEvent;
use Apn\AmiClient\GenericAction;

require __DIR__ . '/Distribution.php';
require __DIR__ . '/ours.php';

[, $address, $frames, $rate, $burst] = $argv;
$frames = (int) $frames;
$manager = connect($address);
$events = 0;
$ages = [];
$manager->onEvent('*', static function (AmiEvent $event) use (&$events, &$ages): void {
    $ages[] = microtime(true) - ((float) $event['SentAt'] / 1e9);
    ++$events;
});
$manager->send(new GenericAction('Feed', ['Frames' => $frames, 'Rate' => (int) $rate, 'Burst' => (int) $burst]));
tick_until($manager, $events, $frames);
echo json_encode(Distribution::of($ages), JSON_THROW_ON_ERROR), "\n";
