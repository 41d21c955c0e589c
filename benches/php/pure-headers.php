<?php

declare(strict_types=1);

/** usage: pure-headers.php ADDRESS DATA    the same frames into arrays by explode, in plain PHP */

namespace Apn\AmiClient\Bench;

require __DIR__ . '/PureClient.php';
require __DIR__ . '/Distribution.php';
require __DIR__ . '/frames.php';

[, $address, $data] = $argv;
$frames = frames_of_twenty($data);
$client = new PureClient($address);
$times = [];
for ($pass = 0; $pass < PASSES; ++$pass) {
    foreach (array_chunk($frames, BATCH) as $batch) {
        $began = hrtime(true);
        foreach ($batch as $frame) {
            $headers = $client->parse($frame);
        }
        $times[] = ((hrtime(true) - $began) / 1e9) / count($batch);
    }
}
echo json_encode(Distribution::of($times), JSON_THROW_ON_ERROR), "\n";
