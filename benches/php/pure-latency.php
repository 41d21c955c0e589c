<?php

declare(strict_types=1);

/** usage: pure-latency.php ADDRESS FRAMES RATE BURST    age of events when the listener gets them, in plain PHP */

namespace Apn\AmiClient\Bench;

require __DIR__ . '/Distribution.php';
require __DIR__ . '/PureClient.php';

[, $address, $frames, $rate, $burst] = $argv;
$frames = (int) $frames;
$client = new PureClient($address);
$client->login('bench', 'bench');
$ages = [];
$client->on('*', static function (array $event) use (&$ages): void {
    $ages[] = microtime(true) - ((float) $event['SentAt'] / 1e9);
});
$client->send(
    'Feed',
    ['Frames' => $frames, 'Rate' => (int) $rate, 'Burst' => (int) $burst],
    static function (): void {},
);
while (count($ages) < $frames) {
    $client->tick(1_000_000);
}
echo json_encode(Distribution::of($ages), JSON_THROW_ON_ERROR), "\n";
