<?php

declare(strict_types=1);

/** usage: ours-listen.php ADDRESS FRAMES    a listener that reads three headers of every event, by the extension */

namespace Apn\AmiClient\Bench;

use Apn\AmiClient\AmiEvent;
use Apn\AmiClient\GenericAction;

require __DIR__ . '/Stopwatch.php';
require __DIR__ . '/ours.php';

[, $address, $frames] = $argv;
$frames = (int) $frames;
$manager = connect($address);
$events = 0;
$bytes = 0;
$manager->onEvent('*', static function (AmiEvent $event) use (&$events, &$bytes): void {
    ++$events;
    $bytes += strlen($event->name) + strlen($event['Channel'] ?? '') + strlen($event['Uniqueid'] ?? '');
});
$watch = new Stopwatch();
$manager->send(new GenericAction('Feed', ['Frames' => $frames]));
tick_until($manager, $events, $frames);
$watch->report($frames, ['bytes' => $bytes, 'dropped' => dropped($manager)]);
