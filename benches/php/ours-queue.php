<?php

declare(strict_types=1);

/**
 * usage: ours-queue.php ADDRESS BYTES    a queue of so many bytes, filled by the stall guard while PHP is away
 *
 * Prints how much memory the full queue takes, and how much of it is left after it was drained.
 */

namespace Apn\AmiClient\Bench;

use Apn\AmiClient\ClientOptions;
use Apn\AmiClient\GenericAction;

require __DIR__ . '/ours.php';

const MORE_THAN_FITS = 2;

const BYTES_A_FRAME = 400;

[, $address, $bytes] = $argv;
$bytes = (int) $bytes;
$options = new ClientOptions(eventQueueCapacity: 10_000_000, eventQueueBytes: $bytes);
$manager = connect($address, 1, $options);
$events = 0;
$manager->onEvent('*', static function () use (&$events): void {
    ++$events;
});
$frames = (int) (($bytes / BYTES_A_FRAME) * MORE_THAN_FITS);
// What any flood costs, queue or not, is there before: buffers, code, the pages of a first pass.
$manager->send(new GenericAction('Feed', ['Frames' => 10_000]));
tick_until($manager, $events, 10_000);
$before = memory();

$lost = dropped($manager);
$manager->send(new GenericAction('Feed', ['Frames' => $frames]));
$manager->tick();
$server = $manager->server('pbx1');
// Only health is asked for, which reads no socket: the guard does.
while ($server->health()->eventsReceived < ($frames + 10_000)) {
    usleep(1_000);
}
$full = memory();
$counted = $server->health()->queueBytes;
tick_until($manager, $events, 10_000 + $frames);
$drained = memory();
echo
    json_encode([
        'full' => $full - $before,
        'counted' => $counted,
        'left' => $drained - $before,
        'dropped' => dropped($manager) - $lost,
    ], JSON_THROW_ON_ERROR),
    "\n"
;
