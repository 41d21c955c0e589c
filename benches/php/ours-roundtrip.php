<?php

declare(strict_types=1);

/** usage: ours-roundtrip.php ADDRESS COUNT    from send to the answer that await gives, by the extension */

namespace Apn\AmiClient\Bench;

use Apn\AmiClient\GenericAction;

require __DIR__ . '/Distribution.php';
require __DIR__ . '/ours.php';

[, $address, $count] = $argv;
$manager = connect($address);
$server = $manager->server('pbx1');
$times = [];
for ($number = 0; $number < (int) $count; ++$number) {
    $began = hrtime(true);
    $server->send(new GenericAction('Ping'))->await();
    $times[] = (hrtime(true) - $began) / 1e9;
}
echo json_encode(Distribution::of($times), JSON_THROW_ON_ERROR), "\n";
