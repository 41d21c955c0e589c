<?php

declare(strict_types=1);

/**
 * usage: ours-count.php SUBJECT TIMES [DATA]    does one thing so many times, for counting instructions
 *
 * Nothing here depends on the clock or on another process.
 */

namespace Apn\AmiClient\Bench;

use Apn\AmiClient\AmiClientManager;
use Apn\AmiClient\AmiEvent;
use Apn\AmiClient\GenericAction;
use Apn\AmiClient\ServerConfig;

require __DIR__ . '/Peer.php';

/** Events or actions that travel together; TIMES is a multiple. */
const BURST = 100;

const HEADERS = [
    'Event' => 'Newchannel',
    'Privilege' => 'call,all',
    'Channel' => 'PJSIP/alice-00000001',
    'ChannelState' => '0',
    'ChannelStateDesc' => 'Down',
    'CallerIDNum' => '100',
    'CallerIDName' => 'Alice',
    'ConnectedLineNum' => '<unknown>',
    'ConnectedLineName' => '<unknown>',
    'Language' => 'en',
    'AccountCode' => '',
    'Context' => 'default',
    'Exten' => '200',
    'Priority' => '1',
    'Uniqueid' => '1700000000.1',
    'Linkedid' => '1700000000.1',
    'SystemName' => 'pbx1',
    'AppName' => 'Dial',
    'AppData' => 'PJSIP/bob',
    'CallerIDPres' => '0',
];

function listen(int $times, string $data): void
{
    $peer = new Peer();
    $events = 0;
    $peer->manager->onEvent('*', static function (AmiEvent $event) use (&$events): void {
        ++$events;
        $read = [$event->name, $event['Channel'], $event['Uniqueid']];
    });
    $frames = array_slice(explode("\r\n\r\n", (string) file_get_contents($data), $times + 1), 0, $times);
    foreach (array_chunk($frames, BURST) as $burst) {
        $peer->write(implode("\r\n\r\n", $burst) . "\r\n\r\n");
        $wanted = $events + count($burst);
        while ($events < $wanted) {
            $peer->manager->tick(1_000);
        }
    }
}

function act(int $times): void
{
    $peer = new Peer();
    $ended = 0;
    $callback = static function (?\Throwable $error) use (&$ended): void {
        ++$ended;
    };
    $parameters = ['Channel' => 'PJSIP/alice-00000001', 'Variable' => 'LANGUAGE'];
    while ($ended < $times) {
        for ($sent = 0; $sent < BURST; ++$sent) {
            $peer->manager->send(new GenericAction('Getvar', $parameters))->onComplete($callback);
        }
        $wanted = $ended + BURST;
        $peer->manager->tick();
        $peer->answer();
        while ($ended < $wanted) {
            $peer->manager->tick(1_000);
        }
    }
}

/** What the peer does for so many actions in the same process. */
function answer(int $times): void
{
    $sent = "Action: Getvar\r\nActionID: pbx1:abcdefghijklm:1234567890\r\nChannel: PJSIP/alice-00000001\r\n\r\n";
    $burst = str_repeat($sent, BURST);
    for ($answered = 0; $answered < $times; $answered += BURST) {
        Peer::answers($burst);
    }
}

[, $subject, $times] = $argv;
$times = (int) $times;
$event = AmiEvent::fromArray('pbx1', HEADERS);
$subscription = new AmiClientManager()->onEvent('*', static function (): void {});
$parameters = ['Channel' => 'PJSIP/alice-00000001', 'Context' => 'default', 'Priority' => 1];
match ($subject) {
    'listener' => listen($times, $argv[3]),
    'action' => act($times),
    'answers' => answer($times),
    'nothing' => (static function () use ($times): void {
        for ($time = 0; $time < $times; ++$time) {
        }
    })(),
    'offset' => (static function () use ($times, $event): void {
        for ($time = 0; $time < $times; ++$time) {
            $read = $event['Channel'];
        }
    })(),
    'get' => (static function () use ($times, $event): void {
        for ($time = 0; $time < $times; ++$time) {
            $read = $event->get('Channel');
        }
    })(),
    'headers' => (static function () use ($times, $event): void {
        for ($time = 0; $time < $times; ++$time) {
            $read = $event->getHeaders();
        }
    })(),
    'clone' => (static function () use ($times, $event): void {
        for ($time = 0; $time < $times; ++$time) {
            $made = clone $event;
        }
    })(),
    'method' => (static function () use ($times, $subscription): void {
        for ($time = 0; $time < $times; ++$time) {
            $read = $subscription->isActive();
        }
    })(),
    'new-action' => (static function () use ($times, $parameters): void {
        for ($time = 0; $time < $times; ++$time) {
            $made = new GenericAction('Originate', $parameters);
        }
    })(),
    'new-config' => (static function () use ($times): void {
        for ($time = 0; $time < $times; ++$time) {
            $made = new ServerConfig('pbx1', '127.0.0.1', 5_038, 'user', 'secret');
        }
    })(),
};
