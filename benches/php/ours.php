<?php

declare(strict_types=1);

namespace Apn\AmiClient\Bench;

use Apn\AmiClient\AmiClientManager;
use Apn\AmiClient\ServerConfig;

/** A manager with one server that is ready, all options as they are by default. */
function connect(string $address): AmiClientManager
{
    [$host, $port] = explode(':', $address);
    $manager = new AmiClientManager([new ServerConfig('pbx1', $host, (int) $port, 'bench', 'bench')]);
    $failed = $manager->connectAll(5.0);
    if ($failed !== []) {
        throw new \RuntimeException("$address is not ready");
    }

    return $manager;
}

/** Events that a full queue dropped. */
function dropped(AmiClientManager $manager): int
{
    return array_sum(array_map(static fn($health) => $health->eventsDropped, $manager->health()));
}
