<?php

declare(strict_types=1);

/** usage: pure-pipeline.php ADDRESS COUNT    actions sent ahead, a closure for each answer, in plain PHP */

namespace Apn\AmiClient\Bench;

require __DIR__ . '/PureClient.php';
require __DIR__ . '/Stopwatch.php';

const AHEAD = 1_000;

[, $address, $count] = $argv;
$count = (int) $count;
$client = new PureClient($address);
$client->login('bench', 'bench');
$done = 0;
$sent = 0;
$callback = static function () use (&$done): void {
    ++$done;
};
$watch = new Stopwatch();
while ($done < $count) {
    for (; $sent < $count && ($sent - $done) < AHEAD; ++$sent) {
        $client->send('Ping', [], $callback);
    }
    $client->tick(100_000);
}
$watch->report($count);
