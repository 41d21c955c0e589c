<?php

declare(strict_types=1);

/** usage: pure-roundtrip.php ADDRESS COUNT    fwrite, then fgets to the empty line: no client can do less in PHP */

namespace Apn\AmiClient\Bench;

require __DIR__ . '/Distribution.php';

[, $address, $count] = $argv;
$stream = stream_socket_client("tcp://$address", $code, $error, 5.0);
if ($stream === false) {
    throw new \RuntimeException("cannot connect to $address: $error");
}
fgets($stream);
$times = [];
for ($number = 0; $number < (int) $count; ++$number) {
    $began = hrtime(true);
    fwrite($stream, "Action: Ping\r\nActionID: $number\r\n\r\n");
    while (($line = fgets($stream)) !== "\r\n") {
        if ($line === false) {
            throw new \RuntimeException('connection closed');
        }
    }
    $times[] = (hrtime(true) - $began) / 1e9;
}
echo json_encode(Distribution::of($times), JSON_THROW_ON_ERROR), "\n";
