<?php

declare(strict_types=1);

/** usage: ours-request.php ADDRESS COUNT    requests that each connect, log in, send one action and end */

namespace Apn\AmiClient\Bench;

use Apn\AmiClient\AmiClientManager;
use Apn\AmiClient\GenericAction;
use Apn\AmiClient\ServerConfig;

require __DIR__ . '/Distribution.php';
require __DIR__ . '/ours.php';

[, $address, $count] = $argv;
[$host, $port] = explode(':', $address);
$requests = [];
$managers = [];
for ($number = 0; $number < (int) $count; ++$number) {
    $began = hrtime(true);
    $manager = new AmiClientManager([new ServerConfig('pbx1', $host, (int) $port, 'bench', 'bench', eventMask: 'off')]);
    $managers[] = (hrtime(true) - $began) / 1e9;
    $manager->server('pbx1')->open(5.0)->send(new GenericAction('Ping'))->await();
    unset($manager);
    $requests[] = (hrtime(true) - $began) / 1e9;
}
echo
    json_encode([
        'request' => Distribution::of($requests)['p50'],
        'manager' => Distribution::of($managers)['p50'],
    ], JSON_THROW_ON_ERROR),
    "\n"
;
