<?php

declare(strict_types=1);

// A manager with a call and an event, and one of the ways in which a request ends.

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
// Only the program's main thread gets signals.
try {
    $ami->registerSignalHandlers();
    exit('signal handlers in another thread');
} catch (Error $error) {
    if (!str_contains($error->getMessage(), 'main thread')) {
        exit($error->getMessage());
    }
}
$ami->onEvent('Hangup', function (AmiEvent $event) use ($ami, $number): void {
    // Names of headers are strings that PHP has kept since it started.
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
            // What holds the manager is held by it.
            $ami->onEvent('Newchannel', fn() => $ami);
            break;
        default:
            // Left as it is, with an action that nobody awaits.
            $ami->send(new GenericAction('Ping'), 'pbx1');
    }
});
$fake->emit('pbx1', 'Hangup', ['Channel' => 'PJSIP/100-00000001', 'Cause' => '16', 'Cause-txt' => 'Normal Clearing']);
$ami->tick(1000);
