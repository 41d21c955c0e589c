<?php

declare(strict_types=1);

namespace Apn\AmiClient\Tests\Real\Live;

use Apn\AmiClient\AmiClient;
use Apn\AmiClient\AmiEvent;
use Apn\AmiClient\GenericAction;
use Random\Randomizer;

/** Calls of every kind on one server, and actions that change them. */
final class Churn
{
    public private(set) int $calls = 0;
    public private(set) int $actions = 0;
    public private(set) int $pending = 0;

    private const int PENDING_MAX = 1_000;
    private const array KINDS = [
        'dials',
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
        'waits',
        'changes',
        'parks',
        'unparks',
        'busy-callee',
        'callee',
    ];
    private const array FAR = ['callee', 'waits', 'brief', 'changes', 'callee', 'queues'];

    /** One call in this number stays until an action ends it. */
    private const int STAYS = 10;
    private const array STAYING = ['answer', 'answer', 'confers', 'dial', 'queue'];

    /** @var array<string, true> names of channels that are up and may be moved */
    private array $up = [];

    public function __construct(
        private readonly AmiClient $server,
        private readonly Randomizer $chance,
    ) {
        $server->onEvent(
            'Newstate',
            function (AmiEvent $event): void {
                $this->up[(string) $event->get('Channel')] = true;
            },
            ['Context' => ['waits', 'callee', 'answer'], 'ChannelState' => '6'],
        );
        $server->onEvent('Hangup', function (AmiEvent $event): void {
            unset($this->up[(string) $event->get('Channel')]);
        });
    }

    /** Starts a call, and at times changes other calls by an action. */
    public function call(): void
    {
        if (!$this->server->isReady() || $this->pending >= self::PENDING_MAX) {
            return;
        }
        ++$this->calls;
        $number = $this->chance->getInt(100, 899);
        $kept = $this->chance->getInt(0, 3) === 0 ? '/n' : '';
        $stays = ($this->calls % self::STAYS) === 0;
        $this->send('Originate', [
            'Channel' => "Local/{$number}@{$this->pick($stays ? self::STAYING : self::KINDS)}{$kept}",
            'Context' => $stays ? 'answer' : $this->pick(self::FAR),
            'Exten' => '300',
            'Priority' => '1',
            'Timeout' => '3000',
            'Async' => 'true',
            'CallerID' => "\"Caller {$number}\" <{$number}>",
        ]);
        if ($this->chance->getInt(0, 3) === 0 && \count($this->up) > 1) {
            ++$this->actions;
            $this->disturb();
        }
        if ($this->chance->getInt(0, 20) === 0) {
            ++$this->actions;
            $this->changeQueue();
        }
    }

    private function disturb(): void
    {
        [$one, $other] = array_map(strval(...), $this->chance->pickArrayKeys($this->up, 2));
        match ($this->chance->getInt(0, 8)) {
            0, 1 => $this->send('Redirect', [
                'Channel' => $one,
                'Context' => 'dials',
                'Exten' => '555',
                'Priority' => '1',
            ]),
            2 => $this->send('Redirect', [
                'Channel' => $one,
                'Context' => 'confers',
                'Exten' => '555',
                'Priority' => '1',
                'ExtraChannel' => $other,
                'ExtraContext' => 'changes',
                'ExtraExten' => '10',
                'ExtraPriority' => '1',
            ]),
            3, 4 => $this->send('Bridge', ['Channel1' => $one, 'Channel2' => $other]),
            5 => $this->send('BlindTransfer', ['Channel' => $one, 'Context' => 'callee', 'Exten' => '556']),
            6 => $this->send('Atxfer', ['Channel' => $one, 'Context' => 'callee', 'Exten' => '557']),
            7 => $this->send('Hangup', ['Channel' => $one, 'Cause' => '21']),
            8 => $this->send('Park', ['Channel' => $one, 'Timeout' => '1500']),
        };
    }

    private function changeQueue(): void
    {
        $member = ['Queue' => 'live3', 'Interface' => "Local/{$this->chance->getInt(301, 306)}@member/n"];
        match ($this->chance->getInt(0, 3)) {
            0, 1 => $this->send('QueueAdd', $member),
            2 => $this->send('QueueRemove', $member),
            3 => $this->send('QueuePause', [...$member, 'Paused' => 'true']),
        };
    }

    /** @param array<string, string> $parameters */
    private function send(string $action, array $parameters): void
    {
        ++$this->pending;
        // The channel of the action may be gone, which is not a failure here.
        $this->server
            ->send(new GenericAction($action, $parameters))
            ->onComplete(function (): void {
                --$this->pending;
            });
    }

    /** @param list<string> $from */
    private function pick(array $from): string
    {
        return $from[$this->chance->getInt(0, \count($from) - 1)];
    }
}
