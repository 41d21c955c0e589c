<?php

declare(strict_types=1);

/** usage: pure-listen.php ADDRESS FRAMES    a listener that reads three headers of every event, in plain PHP */

namespace Apn\AmiClient\Bench;

require __DIR__ . '/PureClient.php';
require __DIR__ . '/Stopwatch.php';

[, $address, $frames] = $argv;
$frames = (int) $frames;
$client = new PureClient($address);
$client->login('bench', 'bench');
$events = 0;
$bytes = 0;
$client->on('*', static function (array $event) use (&$events, &$bytes): void {
    ++$events;
    $bytes += strlen($event['Event']) + strlen($event['Channel'] ?? '') + strlen($event['Uniqueid'] ?? '');
});
$watch = new Stopwatch();
$client->send('Feed', ['Frames' => $frames], static function (): void {});
while ($events < $frames) {
    $client->tick(1_000_000);
}
$watch->report($events, ['bytes' => $bytes]);
