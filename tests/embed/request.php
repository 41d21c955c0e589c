<?php

declare(strict_types=1);

// Uses a manager with an action and an event, and ends the request in one of several ways.

use Apn\AmiClient\AmiEvent;
use Apn\AmiClient\GenericAction;
use Apn\AmiClient\Testing\FakeAsterisk;

$number = (int) $_SERVER['argv'][1];
$fake = new FakeAsterisk(['pbx1', 'pbx2']);
$ami = $fake->manager();
if ($ami->connectAll(wait: 5.0) !== []) {
    exit('a server is not ready');
}
if (!$ami->send(new GenericAction('Ping'), 'pbx2')->await()->success) {
    exit('no answer');
}
// Signals are delivered to the main thread only.
try {
    $ami->registerSignalHandlers();
    exit('signal handlers in another thread');
} catch (Error $error) {
    if (!str_contains($error->getMessage(), 'main thread')) {
        exit($error->getMessage());
    }
}
$ami->onEvent('Hangup', function (AmiEvent $event) use ($ami, $number): void {
    // Names of headers are strings that PHP interned at its start.
    if (($event->getHeaders()['cause-txt'] ?? null) !== 'Normal Clearing') {
        exit('another event: ' . json_encode($event));
    }
    echo 'fine';
    switch ($number % 6) {
        case 0:
            $ami->terminate();
            break;
        case 1:
            exit();
        case 2:
            throw new LogicException('nobody catches this');
        case 3:
            ini_set('memory_limit', (string) (memory_get_usage() + (1 << 20)));
            str_repeat('x', 1 << 26);
            break;
        case 4:
            // A cycle: the manager holds an object that holds the manager.
            $ami->onEvent('Newchannel', fn() => $ami);
            break;
        default:
            // The manager is not closed and has a pending action.
            $ami->send(new GenericAction('Ping'), 'pbx1');
    }
});
$fake->emit('pbx1', 'Hangup', ['Channel' => 'PJSIP/100-00000001', 'Cause' => '16', 'Cause-txt' => 'Normal Clearing']);
$ami->tick(1000);
