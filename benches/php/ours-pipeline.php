<?php

declare(strict_types=1);

/** usage: ours-pipeline.php ADDRESS COUNT    actions sent ahead, a callback for each answer, by the extension */

namespace Apn\AmiClient\Bench;

use Apn\AmiClient\GenericAction;

require __DIR__ . '/Stopwatch.php';
require __DIR__ . '/ours.php';

const AHEAD = 1_000;

[, $address, $count] = $argv;
$count = (int) $count;
$manager = connect($address);
$server = $manager->server('pbx1');
$done = 0;
$sent = 0;
$callback = static function (?\Throwable $failure) use (&$done): void {
    if ($failure !== null) {
        throw $failure;
    }
    ++$done;
};
$action = new GenericAction('Ping');
$watch = new Stopwatch();
while ($done < $count) {
    for (; $sent < $count && ($sent - $done) < AHEAD; ++$sent) {
        $server->send($action)->onComplete($callback);
    }
    $manager->tick(100);
}
$watch->report($count);
