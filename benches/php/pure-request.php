<?php

declare(strict_types=1);

/** usage: pure-request.php ADDRESS COUNT    requests that each connect, log in, send one action and end */

namespace Apn\AmiClient\Bench;

require __DIR__ . '/Distribution.php';
require __DIR__ . '/PureClient.php';

[, $address, $count] = $argv;
$requests = [];
for ($number = 0; $number < (int) $count; ++$number) {
    $began = hrtime(true);
    $client = new PureClient($address);
    $client->login('bench', 'bench', 'off');
    $client->request('Ping');
    unset($client);
    $requests[] = (hrtime(true) - $began) / 1e9;
}
echo json_encode(['request' => Distribution::of($requests)['p50']], JSON_THROW_ON_ERROR), "\n";
