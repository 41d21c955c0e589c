<?php

declare(strict_types=1);

namespace Apn\AmiClient\Cli;

use Apn\AmiClient\Live\Call;
use Apn\AmiClient\Live\Channel;
use Apn\AmiClient\Live\ChannelState;
use Apn\AmiClient\Live\Model;

/** A call in words: its caller, the connected parties, its state and the time that it has been in it. The texts are as Asterisk sent them. */
final readonly class CallView
{
    /** The caller's number and name, or the device where Asterisk sent no number. */
    public string $caller;

    /** The devices of the other parties. Without any it is the queue, the dialled extension or the application. */
    public string $connected;

    /** ringing, dialing, waiting, up, talking, on hold, answered; the outcome after the call is over. */
    public string $state;

    /** Seconds since the call was answered; before, those that it rings, waits in a queue or exists. */
    public float $seconds;

    public function __construct(Call $call, Model $live, float $now)
    {
        $caller = $call->caller();
        $own = null;
        $others = [];
        foreach ($call->parties() as $party) {
            if ($party->uniqueId === $caller?->uniqueId) {
                $own = $party;
            } else {
                $others[] = $party;
            }
        }
        $isWaiting = !$call->isAnswered() && self::isWaiting($call, $live);
        $this->caller = match (true) {
            $caller === null => '-',
            $caller->number === '' => $caller->device,
            default => rtrim("{$caller->number} {$caller->name}"),
        };
        $this->connected = match (true) {
            $others !== [] => implode(', ', array_map(static fn(Channel $party): string => $party->device, $others)),
            $call->isOver() => $call->answeredBy()->device ?? '-',
            $isWaiting => "queue {$call->queue()}",
            default => $own?->exten() ?: $own?->application() ?: '-',
        };
        $this->state = self::state($call, $own, $others, $isWaiting);
        $this->seconds = match (true) {
            $call->isAnswered() => $call->talkSeconds(),
            $this->state === 'ringing' => $call->ringSeconds(),
            $isWaiting => $call->waitedSeconds() ?? 0.0,
            default => max(0.0, ($call->endedAt() ?? $now) - $call->startedAt()),
        };
    }

    /** "0:07", "1:02:07" */
    public static function clock(float $seconds): string
    {
        $all = (int) $seconds;
        $minutes = intdiv($all, 60) % 60;

        return $all < 3_600
            ? sprintf('%d:%02d', $minutes, $all % 60)
            : sprintf('%d:%02d:%02d', intdiv($all, 3_600), $minutes, $all % 60);
    }

    /** @param list<Channel> $others */
    private static function state(Call $call, ?Channel $own, array $others, bool $isWaiting): string
    {
        $all = $own === null ? $others : [$own, ...$others];
        $up = count(array_filter($all, static fn(Channel $party): bool => $party->state() === ChannelState::Up));

        return match (true) {
            $call->isOver() => $call->outcome()->value ?? 'over',
            array_any($all, static fn(Channel $party): bool => $party->isOnHold()) => 'on hold',
            $up > 1 => 'talking',
            array_any($all, static fn(Channel $party): bool => $party->state() === ChannelState::Ringing) => 'ringing',
            $call->isAnswered() => 'answered',
            $isWaiting => 'waiting',
            $others === [] && $up > 0 => 'up',
            default => 'dialing',
        };
    }

    private static function isWaiting(Call $call, Model $live): bool
    {
        $queue = $call->queue();
        $id = $call->caller()?->uniqueId;
        $callers = $queue === null ? [] : $live->queue($queue, $call->serverKey)?->callers() ?? [];

        return array_any($callers, static fn($caller): bool => $caller->uniqueId === $id);
    }
}
