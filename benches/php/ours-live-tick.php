<?php

declare(strict_types=1);

/**
 * usage: ours-live-tick.php CHANNELS    a tick that changes 100 of so many channels and calls an empty onCall listener for each
 *
 * Every channel is a call of its own. What changed lies spread over all of them.
 */

namespace Apn\AmiClient\Bench;

use Apn\AmiClient\Live\Call;

require __DIR__ . '/Distribution.php';
require __DIR__ . '/Peer.php';
require __DIR__ . '/Stopwatch.php';

/** Channels that change in a tick, and ticks: the median counts. */
const CHANGED = 100;

const TICKS = 600;

/** Frames that are written at once. */
const BURST = 100;

[, $channels] = $argv;
$channels = (int) $channels;
$peer = new Peer();
$live = $peer->manager->live();
$peer->listNothing($live);

$state = static fn(int $number): string => implode("\r\n", [
    sprintf('Channel: PJSIP/phone-%08x', $number),
    'ChannelState: 6',
    'ChannelStateDesc: Up',
    "CallerIDNum: $number",
    'CallerIDName: Somebody',
    'ConnectedLineNum: %d',
    'ConnectedLineName: <unknown>',
    'Language: en',
    'AccountCode: ',
    'Context: default',
    'Exten: 200',
    'Priority: 1',
    "Uniqueid: 1700000000.$number",
    "Linkedid: 1700000000.$number",
    '',
    '',
]);
for ($number = 0; $number < $channels; ++$number) {
    $peer->write(sprintf("Event: Newchannel\r\nPrivilege: call,all\r\n{$state($number)}", 0));
    if (($number % BURST) === (BURST - 1)) {
        $peer->manager->tick();
    }
}
while (count($live->calls()) < $channels) {
    $peer->manager->tick(10);
}

$called = 0;
$live->onCall(static function (Call $call, array $edges) use (&$called): void {
    ++$called;
});
$watch = new Stopwatch();
$times = [];
for ($tick = 0; $tick < TICKS; ++$tick) {
    $event = ($tick % 2) === 0 ? 'Hold' : 'Unhold';
    $frames = '';
    for ($at = 0; $at < CHANGED; ++$at) {
        $changed = sprintf($state((intdiv($channels * $at, CHANGED) + $tick) % $channels), $tick);
        $frames .= "Event: NewConnectedLine\r\nPrivilege: call,all\r\n$changed";
        $frames .= "Event: $event\r\nPrivilege: call,all\r\n$changed";
    }
    $peer->write($frames);
    $wanted = $called + CHANGED;
    $began = hrtime(true);
    while ($called < $wanted) {
        $peer->manager->tick();
    }
    $times[] = (hrtime(true) - $began) / 1e9;
}
$watch->report(TICKS, ['tick' => Distribution::of($times)['p50']]);
