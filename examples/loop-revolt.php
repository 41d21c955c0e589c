<?php

/**
 * Revolt, and with it Amp: a manager beside standard input and a timer, with listeners that wait without holding anybody up.
 *
 * usage: composer require apn/ami-client revolt/event-loop, then
 *        AMI_HOST=127.0.0.1 AMI_PORT=5038 AMI_USERNAME=admin AMI_SECRET=... php examples/loop-revolt.php
 */

declare(strict_types=1);

use Apn\AmiClient\Actions\Ping;
use Apn\AmiClient\AmiClientManager;
use Apn\AmiClient\AmiEvent;
use Apn\AmiClient\Loop\Bridge;
use Apn\AmiClient\Loop\RevoltLoop;
use Apn\AmiClient\ServerConfig;
use Revolt\EventLoop;

require __DIR__ . '/../vendor/autoload.php';

$ami = new AmiClientManager([new ServerConfig(
    key: 'pbx1',
    host: (string) getenv('AMI_HOST'),
    port: (int) getenv('AMI_PORT'),
    username: (string) getenv('AMI_USERNAME'),
    secret: (string) getenv('AMI_SECRET'),
)]);
$loop = new RevoltLoop();
$bridge = new Bridge($ami, $loop);
$bridge->onEvent('*', static function (AmiEvent $event) use ($ami, $loop): void {
    echo "event {$event->name}\n";
    // Only this fiber waits: events, timers and streams go on.
    $pong = $loop->await($ami->send(new Ping(), $event->serverKey), timeout: 5.0);
    echo "{$event->name} and then {$pong->get('Ping')}\n";
});
$ami->connectAll();
$bridge->start();

$timer = EventLoop::repeat(1.0, static function (): void {
    echo "a second\n";
});
EventLoop::onReadable(STDIN, static function (string $watcher) use ($timer, $bridge, $ami): void {
    $line = fgets(STDIN);
    if ($line === false || trim($line) === 'quit') {
        EventLoop::cancel($watcher);
        EventLoop::cancel($timer);
        $bridge->stop();
        $ami->terminate();
    }
});
EventLoop::run();
