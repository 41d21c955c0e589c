<?php

declare(strict_types=1);

namespace Apn\AmiClient\Bench;

use Apn\AmiClient\Live\Call;
use Random\Engine\Mt19937;
use Random\Randomizer;

/** A live model of so many channels, each a call of its own, and an empty onCall listener. */
final class LiveCalls
{
    /** Channels that change in a tick. */
    private const int CHANGED = 100;
    /** Frames that are written at once. */
    private const int BURST = 100;

    private readonly Peer $peer;
    /** @var list<int> all channels in some order, the same in each run */
    private readonly array $order;
    private int $called = 0;

    public function __construct(
        private readonly int $channels,
    ) {
        $this->order = new Randomizer(new Mt19937(1))->shuffleArray(range(0, $channels - 1));
        $this->peer = new Peer();
        $live = $this->peer->manager->live();
        $this->peer->listNothing($live);
        for ($number = 0; $number < $channels; ++$number) {
            $this->peer->write(self::event('Newchannel', $number, 0));
            if (($number % self::BURST) === (self::BURST - 1)) {
                $this->peer->manager->tick();
            }
        }
        while (count($live->calls()) < $channels) {
            $this->peer->manager->tick(10);
        }
        $live->onCall(function (Call $call, array $edges): void {
            ++$this->called;
        });
    }

    /** Seconds that the changes of one tick take. They lie spread over all channels, others each time, in no order. */
    public function tick(int $tick): float
    {
        $frames = '';
        for ($at = 0; $at < self::CHANGED; ++$at) {
            $number = $this->order[(($tick * self::CHANGED) + $at) % $this->channels];
            $frames .= self::event('NewConnectedLine', $number, $tick);
            $frames .= self::event(($tick % 2) === 0 ? 'Hold' : 'Unhold', $number, $tick);
        }
        $this->peer->write($frames);
        $wanted = $this->called + self::CHANGED;
        $began = hrtime(true);
        while ($this->called < $wanted) {
            $this->peer->manager->tick();
        }

        return (hrtime(true) - $began) / 1e9;
    }

    private static function event(string $name, int $number, int $connected): string
    {
        return implode("\r\n", [
            "Event: $name",
            'Privilege: call,all',
            sprintf('Channel: PJSIP/phone-%08x', $number),
            'ChannelState: 6',
            'ChannelStateDesc: Up',
            "CallerIDNum: $number",
            'CallerIDName: Somebody',
            "ConnectedLineNum: $connected",
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
    }
}
