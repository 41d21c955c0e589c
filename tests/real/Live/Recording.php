<?php

declare(strict_types=1);

namespace Apn\AmiClient\Tests\Real\Live;

use Random\Engine\Mt19937;
use Random\Randomizer;

/** Records some seconds of calls of every kind on one server, with lists in between, as one session gets them. */
final class Recording
{
    /** The events that contain the whole state of a channel (main/manager_channels.c). */
    public const array OWN = [
        'Newchannel',
        'Newstate',
        'Newexten',
        'NewCallerid',
        'NewConnectedLine',
        'NewAccountCode',
        'Hangup',
    ];

    private const int ROUNDS = 30;
    private const array KINDS = [
        'dials',
        'dials',
        'dials-kept',
        'dials-three',
        'dials-nobody',
        'dials-a-chain',
        'queues',
        'queues',
        'confers',
        'brief',
        'waits',
        'waits',
        'changes',
        'parks',
        'unparks',
    ];

    /** @var array<int, self> */
    private static array $made = [];

    /** @var list<array<string, string>> */
    public readonly array $frames;

    /** @var list<string> ActionIDs of the lists of channels, the last one when all was quiet */
    public readonly array $lists;

    /** @var array<string, array<string, string>> the channels of the last list by Uniqueid */
    public readonly array $quiet;

    /** @var list<array<string, string>> the channels that a list still has when all were hung up */
    public readonly array $left;

    public static function of(int $version): self
    {
        return self::$made[$version] ??= new self($version);
    }

    private function __construct(int $version)
    {
        $wire = new Wire(Servers::expendable($version));
        $chance = new Randomizer(new Mt19937($version));
        $lists = [];
        // Four calls go on until the end of the recording.
        foreach (['answer', 'answer', 'confers', 'dials-kept'] as $at => $kind) {
            self::originate($wire, "Local/90{$at}@{$kind}", 'answer');
        }
        for ($round = 0; $round < self::ROUNDS; ++$round) {
            for ($call = 0; $call < 3; ++$call) {
                $kind = self::KINDS[$chance->getInt(0, \count(self::KINDS) - 1)];
                $far = ['callee', 'waits', 'brief', 'changes', 'queues'][$chance->getInt(0, 4)];
                $local = "Local/{$chance->getInt(100, 899)}@{$kind}" . ($chance->getInt(0, 3) === 0 ? '/n' : '');
                self::originate($wire, $local, $far);
            }
            self::disturb($wire, $chance);
            $wire->read(0.1);
            $lists[] = $id = $wire->send('CoreShowChannels');
            $wire->readUntil(static fn(): bool => $wire->hasAnswer($id), 'the list was answered');
        }
        $wire->readUntilQuiet(1.0);
        $lists[] = $id = $wire->send('CoreShowChannels');
        $wire->readUntil(static fn(): bool => $wire->hasAnswer($id), 'the list was answered');
        $this->quiet = array_column($wire->answer($id), null, 'uniqueid');
        $this->lists = $lists;
        $wire->send('Hangup', ['Channel' => '/.*/', 'Cause' => '16']);
        $deadline = microtime(true) + 30.0;
        do {
            $wire->readUntilQuiet();
            $left = $wire->list('CoreShowChannels');
        } while ($left !== [] && microtime(true) < $deadline);
        $this->left = $left;
        $this->frames = $wire->frames;
    }

    private static function originate(Wire $wire, string $channel, string $context): void
    {
        $wire->send('Originate', [
            'Channel' => $channel,
            'Context' => $context,
            'Exten' => '300',
            'Priority' => '1',
            'Timeout' => '3000',
            'Async' => 'true',
            'CallerID' => '"Caller" <300>',
        ]);
    }

    /** Moves a channel that is up, by one of several actions. */
    private static function disturb(Wire $wire, Randomizer $chance): void
    {
        $up = [];
        foreach ($wire->events('Newstate', 'Hangup') as $event) {
            if ($event['event'] === 'Hangup') {
                unset($up[$event['channel']]);
            } elseif (
                \in_array($event['context'], ['waits', 'callee', 'changes'], true)
                && $event['channelstate'] === '6'
            ) {
                $up[$event['channel']] = true;
            }
        }
        if (\count($up) < 2) {
            return;
        }
        [$one, $other] = array_map(strval(...), $chance->pickArrayKeys($up, 2));
        match ($chance->getInt(0, 4)) {
            0 => $wire->send('Redirect', [
                'Channel' => $one,
                'Context' => 'dials',
                'Exten' => '555',
                'Priority' => '1',
            ]),
            1, 2 => $wire->send('Bridge', ['Channel1' => $one, 'Channel2' => $other]),
            3 => $wire->send('BlindTransfer', ['Channel' => $one, 'Context' => 'callee', 'Exten' => '556']),
            4 => $wire->send('Park', ['Channel' => $one, 'Timeout' => '1500']),
        };
    }

    /**
     * The first and the last frame of the answer to an action.
     *
     * @return array{int, int}
     */
    public function span(string $id): array
    {
        $first = $last = null;
        foreach ($this->frames as $at => $frame) {
            if (($frame['actionid'] ?? '') === $id) {
                $first ??= $at;
                $last = $at;
            }
        }

        return [(int) $first, (int) $last];
    }

    /**
     * The channels of a list, by Uniqueid.
     *
     * @return array<string, int> the place of the item within the frames
     */
    public function items(string $id): array
    {
        $items = [];
        [$first, $last] = $this->span($id);
        for ($at = $first; $at <= $last; ++$at) {
            $frame = $this->frames[$at];
            if (($frame['event'] ?? '') === 'CoreShowChannel' && ($frame['actionid'] ?? '') === $id) {
                $items[$frame['uniqueid']] = $at;
            }
        }

        return $items;
    }

    /**
     * Events that are not items of a list, by their frame number.
     *
     * @return array<int, array<string, string>>
     */
    public function events(string ...$names): array
    {
        return array_filter(
            $this->frames,
            static fn(array $frame): bool => (
                isset($frame['event'])
                && $frame['event'] !== 'CoreShowChannel'
                && !isset($frame['eventlist'])
                && ($names === [] || \in_array($frame['event'], $names, true))
            ),
        );
    }

    /**
     * The frame number of the first of these events, by Uniqueid.
     *
     * @return array<string, int>
     */
    public function firsts(string $name): array
    {
        $places = [];
        foreach ($this->events($name) as $at => $event) {
            $places[$event['uniqueid']] ??= $at;
        }

        return $places;
    }
}
