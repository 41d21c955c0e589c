<?php

/**
 * ReactPHP: a manager beside standard input and a timer, actions as promises.
 *
 * usage: composer require apn/ami-client react/event-loop react/promise, then
 *        AMI_HOST=127.0.0.1 AMI_PORT=5038 AMI_USERNAME=admin AMI_SECRET=... php examples/loop-react.php
 */

declare(strict_types=1);

use Apn\AmiClient\Actions\Ping;
use Apn\AmiClient\AmiClientManager;
use Apn\AmiClient\AmiEvent;
use Apn\AmiClient\Loop\Bridge;
use Apn\AmiClient\Loop\ReactLoop;
use Apn\AmiClient\Response;
use Apn\AmiClient\ServerConfig;
use React\EventLoop\Loop;

require __DIR__ . '/../vendor/autoload.php';

$ami = new AmiClientManager([new ServerConfig(
    key: 'pbx1',
    host: (string) getenv('AMI_HOST'),
    port: (int) getenv('AMI_PORT'),
    username: (string) getenv('AMI_USERNAME'),
    secret: (string) getenv('AMI_SECRET'),
)]);
$react = Loop::get();
$loop = new ReactLoop($react);
$bridge = new Bridge($ami, $loop);
$bridge->onEvent('*', static function (AmiEvent $event) use ($ami, $loop): void {
    echo "event {$event->name}\n";
    $loop->promise($ami->send(new Ping(), $event->serverKey))->then(static function (Response $pong) use (
        $event,
    ): void {
        echo "{$event->name} and then {$pong->get('Ping')}\n";
    }, static function (Throwable $error): void {
        echo "{$error->getMessage()}\n";
    });
});
$ami->connectAll();
$bridge->start();

$timer = $react->addPeriodicTimer(1.0, static function (): void {
    echo "a second\n";
});
$react->addReadStream(STDIN, static function () use ($react, $timer, $bridge, $ami): void {
    $line = fgets(STDIN);
    if ($line === false || trim($line) === 'quit') {
        $react->removeReadStream(STDIN);
        $react->cancelTimer($timer);
        $bridge->stop();
        $ami->terminate();
    }
});
$react->run();
