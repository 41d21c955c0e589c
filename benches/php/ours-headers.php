<?php

declare(strict_types=1);

/** usage: ours-headers.php ADDRESS DATA    all headers of events with twenty of them as arrays, by the extension */

namespace Apn\AmiClient\Bench;

use Apn\AmiClient\AmiEvent;
use Apn\AmiClient\GenericAction;

require __DIR__ . '/ours.php';
require __DIR__ . '/Distribution.php';
require __DIR__ . '/frames.php';

[, $address, $data] = $argv;
$wanted = frames_of_twenty($data);
$manager = connect($address);
/** @var list<AmiEvent> $events */
$events = [];
$seen = 0;
$manager->onEvent('*', static function (AmiEvent $event) use (&$events, &$seen, $wanted): void {
    if (isset($wanted[$seen])) {
        $events[] = $event;
    }
    ++$seen;
});
$times = [];
for ($pass = 0; $pass < PASSES; ++$pass) {
    // New events each time: the index of one that was looked at is there already.
    $events = [];
    $seen = 0;
    $before = dropped($manager);
    $manager->send(new GenericAction('Feed', ['Frames' => FRAMES]));
    tick_until($manager, $seen, FRAMES + $before);
    foreach (array_chunk($events, BATCH) as $batch) {
        $began = hrtime(true);
        foreach ($batch as $event) {
            $headers = $event->getHeaders();
        }
        $times[] = ((hrtime(true) - $began) / 1e9) / count($batch);
    }
}
echo json_encode(Distribution::of($times), JSON_THROW_ON_ERROR), "\n";
