<?php

declare(strict_types=1);

namespace Apn\AmiClient\Bench;

use Apn\AmiClient\AmiClientManager;
use Apn\AmiClient\ClientOptions;
use Apn\AmiClient\ClusterOptions;
use Apn\AmiClient\ServerConfig;

/** A manager with servers that are ready; options are as they are by default unless a bench is about them. */
function connect(
    string $address,
    int $servers = 1,
    ?ClientOptions $options = null,
    ?ClusterOptions $cluster = null,
): AmiClientManager {
    [$host, $port] = explode(':', $address);
    $configs = [];
    for ($number = 1; $number <= $servers; ++$number) {
        $configs[] = new ServerConfig("pbx$number", $host, (int) $port, 'bench', 'bench');
    }
    $manager = new AmiClientManager($configs, $options, null, $cluster);
    $failed = $manager->connectAll(60.0);
    if ($failed !== []) {
        throw new \RuntimeException(count($failed) . " servers at $address are not ready");
    }

    return $manager;
}

/** Events that a full queue dropped. */
function dropped(AmiClientManager $manager): int
{
    return array_sum(array_map(static fn($health) => $health->eventsDropped, $manager->health()));
}

/**
 * Ticks until so many events were seen or dropped: under a load that keeps PHP away the stall guard reads on, and a
 * full queue drops.
 */
function tick_until(AmiClientManager $manager, int &$events, int $wanted): void
{
    while ($events < ($wanted - dropped($manager))) {
        do {
            $summary = $manager->tick(100);
        } while ($events < $wanted && ($summary->eventsDispatched > 0 || $summary->more));
    }
}

/** Resident memory of this process that is no file's, in bytes. */
function memory(): int
{
    preg_match('/^RssAnon:\s+(\d+) kB$/m', (string) file_get_contents('/proc/self/status'), $found);

    return (int) ($found[1] ?? 0) * 1_024;
}
