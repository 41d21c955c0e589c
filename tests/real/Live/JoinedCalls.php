<?php

declare(strict_types=1);

namespace Apn\AmiClient\Tests\Real\Live;

/** Calls as sets of joined Linkedids, computed from events only. */
final class JoinedCalls
{
    public private(set) int $started = 0;
    public private(set) int $merged = 0;
    public private(set) int $ended = 0;

    /** @var list<string> Linkedids of calls whose own first channel began after their end */
    public private(set) array $reopened = [];

    /** Number of channels that began after the end of their call, because the caller hung up while they were dialled. */
    public private(set) int $tails = 0;

    /** @var array<string, string> a Linkedid to the older one that it was joined to */
    private array $joinedTo = [];

    /** @var array<string, string> Linkedids of channels by Uniqueid */
    private array $channels = [];

    /** @var array<string, int> channels of calls by their oldest Linkedid */
    private array $sizes = [];

    /** @var array<string, true> */
    private array $over = [];

    /** @var array<string, array<string, true>> Uniqueids in bridges of two */
    private array $bridges = [];

    /** @param array<string, string> $event */
    public function take(array $event): void
    {
        $channel = $event['uniqueid'] ?? '';
        $linked = $event['linkedid'] ?? '';
        match ($event['event']) {
            'Newchannel' => $this->begin($channel, $linked),
            'Newstate', 'Newexten', 'NewCallerid', 'NewConnectedLine', 'NewAccountCode' => $this->move(
                $channel,
                $linked,
            ),
            'BridgeEnter' => $this->enter($channel, $linked, $event),
            'BridgeLeave' => $this->leave($channel, $event['bridgeuniqueid']),
            'Hangup' => $this->end($channel, $linked),
            default => null,
        };
    }

    public function open(): int
    {
        return \count($this->sizes);
    }

    private function begin(string $channel, string $linked): void
    {
        $call = $this->callOf($linked);
        if (!isset($this->sizes[$call])) {
            ++$this->started;
            $this->sizes[$call] = 0;
            if (isset($this->over[$call])) {
                $channel === $call ? ($this->reopened[] = $call) : ++$this->tails;
            }
        }
        ++$this->sizes[$call];
        $this->channels[$channel] = $linked;
    }

    private function move(string $channel, string $linked): void
    {
        if (!isset($this->channels[$channel]) || $this->channels[$channel] === $linked) {
            return;
        }
        $this->join($this->channels[$channel], $linked);
        $this->channels[$channel] = $linked;
    }

    /** @param array<string, string> $event */
    private function enter(string $channel, string $linked, array $event): void
    {
        $this->move($channel, $linked);
        if ($event['bridgetype'] !== 'basic') {
            return;
        }
        $this->bridges[$event['bridgeuniqueid']][$channel] = true;
        foreach (array_keys($this->bridges[$event['bridgeuniqueid']]) as $member) {
            $this->move((string) $member, $linked);
        }
    }

    private function leave(string $channel, string $bridge): void
    {
        unset($this->bridges[$bridge][$channel]);
    }

    private function end(string $channel, string $linked): void
    {
        if (!isset($this->channels[$channel])) {
            return;
        }
        $this->move($channel, $linked);
        $call = $this->callOf($this->channels[$channel]);
        unset($this->channels[$channel]);
        if (--$this->sizes[$call] === 0) {
            unset($this->sizes[$call]);
            $this->over[$call] = true;
            ++$this->ended;
        }
    }

    private function join(string $one, string $other): void
    {
        [$one, $other] = [$this->callOf($one), $this->callOf($other)];
        if ($one === $other) {
            return;
        }
        if (version_compare($one, $other) > 0) {
            [$one, $other] = [$other, $one];
        }
        $this->joinedTo[$other] = $one;
        if (!isset($this->sizes[$other])) {
            return;
        }
        if (isset($this->sizes[$one])) {
            ++$this->merged;
        }
        $this->sizes[$one] = ($this->sizes[$one] ?? 0) + $this->sizes[$other];
        unset($this->sizes[$other]);
    }

    private function callOf(string $linked): string
    {
        while (isset($this->joinedTo[$linked])) {
            $linked = $this->joinedTo[$linked];
        }

        return $linked;
    }
}
