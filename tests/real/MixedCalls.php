<?php

declare(strict_types=1);

namespace Apn\AmiClient\Tests\Real;

use Apn\AmiClient\Action;
use Apn\AmiClient\Actions\Command;
use Apn\AmiClient\Actions\CoreShowChannels;
use Apn\AmiClient\Actions\DBPut;
use Apn\AmiClient\Actions\Hangup;
use Apn\AmiClient\Actions\Originate;
use Apn\AmiClient\Actions\Ping;
use Apn\AmiClient\Actions\QueueStatus;
use Apn\AmiClient\Actions\Status;
use Apn\AmiClient\Actions\UserEvent;
use Apn\AmiClient\AmiClient;
use Apn\AmiClient\AmiEvent;
use Apn\AmiClient\Exception\ActionErrorResponseException;
use Apn\AmiClient\Response;

/** The load of a dialer on one server: calls of every kind, queries, and numbered marks whose events are checked one by one. */
final class MixedCalls
{
    /** Most calls at the same time. */
    private const int CALLS_MAX = 30;

    /** Most pending actions, those of calls included. */
    private const int PENDING_MAX = 60;
    private const array CONTEXTS = ['answer', 'busy', 'congestion', 'dial', 'queue', 'waiting', 'conference'];

    /** @var array<string, int> how often each action was sent */
    public private(set) array $sent = [];

    /** @var array<string, int> how the actions ended, by the name of the action */
    public private(set) array $ended = [];
    public private(set) int $events = 0;
    public private(set) int $calls = 0;

    /** @var list<string> what should not have happened */
    public private(set) array $faults = [];

    private int $pending = 0;
    private int $marksSent = 0;
    private int $marksHeard = 0;
    private int $lastId = 0;
    private int $lastSequence = 0;

    /** @var array<string, true> channels that are up, by their unique id */
    private array $up = [];

    public function __construct(
        private readonly AmiClient $server,
        private readonly \Random\Randomizer $chance,
    ) {
        $server->onEvent('*', $this->onEvent(...));
    }

    /** Sends actions while the bounds allow it. */
    public function goOn(): void
    {
        if ($this->pending >= self::PENDING_MAX) {
            return;
        }
        $this->send(match ($this->chance->getInt(0, 9)) {
            0, 1 => $this->callOrHangup(),
            2 => new Ping(),
            3 => new CoreShowChannels(),
            4 => new Status(),
            5 => new QueueStatus(),
            6 => new Command('core show channels count'),
            7 => new DBPut('mixed', (string) $this->chance->getInt(0, 99), 'a,b "c"'),
            default => new UserEvent('Mark', ['Number' => (string) ++$this->marksSent]),
        });
    }

    /** True if every action was answered and every mark has come back. */
    public function isQuiet(): bool
    {
        return $this->pending === 0 && $this->marksHeard === $this->marksSent;
    }

    private function callOrHangup(): Action
    {
        if (\count($this->up) >= self::CALLS_MAX) {
            // A call can have several channels, and all of them end.
            return new Hangup('/^Local\/.*;1$/');
        }
        ++$this->calls;
        $context = self::CONTEXTS[$this->chance->getInt(0, \count(self::CONTEXTS) - 1)];

        return new Originate(
            channel: "Local/{$this->chance->getInt(100, 199)}@{$context}",
            exten: '200',
            context: 'answer',
            priority: 1,
            timeoutMs: 2_000,
            variable: ['CALL' => (string) $this->calls],
            async: true,
        );
    }

    private function send(Action $action): void
    {
        $name = $action->getName();
        $this->sent[$name] = ($this->sent[$name] ?? 0) + 1;
        ++$this->pending;
        $pending = $this->server->send($action);
        $id = (int) substr((string) strrchr($pending->getActionId(), ':'), 1);
        if ($id <= $this->lastId) {
            $this->fault("the ActionID {$pending->getActionId()} came after the number {$this->lastId}");
        }
        $this->lastId = $id;
        $pending->onComplete(function (?\Throwable $error, ?Response $response) use ($name): void {
            --$this->pending;
            $this->ended[$name] = ($this->ended[$name] ?? 0) + 1;
            if ($error !== null && !$error instanceof ActionErrorResponseException) {
                $this->fault("{$name}: {$error->getMessage()}");
            }
            $end = $response?->getCompleteEvent();
            $listed = $end?->int('ListItems');
            if ($listed !== null && $listed !== \count($response?->getEvents() ?? [])) {
                $this->fault("{$name}: {$listed} items were announced");
            }
        });
    }

    private function onEvent(AmiEvent $event): void
    {
        ++$this->events;
        if ($this->lastSequence > 0 && $event->sequence !== ($this->lastSequence + 1)) {
            $this->fault("event {$event->sequence} came after {$this->lastSequence}");
        }
        $this->lastSequence = $event->sequence;
        match ($event->name) {
            'Newchannel' => $this->up[(string) $event->get('Uniqueid')] = true,
            'Hangup' => $this->hungUp((string) $event->get('Uniqueid')),
            'UserEvent' => $this->onMark($event->int('Number')),
            default => null,
        };
    }

    private function hungUp(string $channel): void
    {
        unset($this->up[$channel]);
    }

    private function onMark(?int $number): void
    {
        if ($number !== ++$this->marksHeard) {
            $this->fault("mark {$number} came instead of {$this->marksHeard}");
        }
    }

    private function fault(string $what): void
    {
        // The first ones are sufficient.
        if (\count($this->faults) < 10) {
            $this->faults[] = $what;
        }
    }
}
