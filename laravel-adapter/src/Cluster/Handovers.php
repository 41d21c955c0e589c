<?php

declare(strict_types=1);

namespace Apn\AmiClient\Laravel\Cluster;

use Apn\AmiClient\ConnectionState;
use Apn\AmiClient\DisconnectReason;
use Apn\AmiClient\Exception\AmiThrowable;
use Apn\AmiClient\GenericAction;
use Apn\AmiClient\Laravel\Worker\Task;
use Apn\AmiClient\Laravel\Worker\Worker;
use Apn\AmiClient\Laravel\Worker\WorkerParts;
use RedisException;
use Throwable;

/**
 * Planned handovers, in which no event is missing and none comes twice:
 *
 *     successor                          owner
 *     Prepare ─────────────────────────▶ remembers what it delivers from now on
 *             ◀─────────────── Recording
 *     logs in, holds its events
 *     Ready ───────────────────────────▶ Ping; at its Pong it has delivered all that came before that login
 *                                        delivers no more, flushes, transfers the lease
 *             ◀───────────────────── Cut (its last events)
 *     Ping; at its Pong it holds all that the owner delivered since
 *     drops those, delivers the rest     logs off
 *
 * Both Pings lean on Asterisk, which writes the events it has queued before it reads the next line of an action.
 */
final class Handovers implements Task
{
    /** Servers that one worker takes over at a time. */
    private const int INCOMING_MAX = 32;
    private const float TURN_SECONDS = 1.0;

    /** True once a handover has ended, so that there is room for another one. */
    private bool $isRoomMade = false;

    /** @var array<string, Handover> */
    private array $incoming = [];

    /** @var array<string, Handover> */
    private array $outgoing = [];

    /** How long one may take. */
    private readonly float $seconds;

    public function __construct(
        private readonly WorkerParts $worker,
        private readonly HeldServers $held,
        private readonly Leases $leases,
        private readonly Inbox $inbox,
    ) {
        $this->seconds = $worker->settings->number('cluster.handover', min: 1.0);
    }

    public function isComing(string $server): bool
    {
        return isset($this->incoming[$server]);
    }

    /** Whether handovers have ended since the last call: then it is worth looking for the next. */
    public function isRoomMade(): bool
    {
        $isRoomMade = $this->isRoomMade;
        $this->isRoomMade = false;

        return $isRoomMade;
    }

    public function request(string $server, string $owner, float $now): void
    {
        if (!isset($this->incoming[$server]) && count($this->incoming) < self::INCOMING_MAX) {
            $this->incoming[$server] = new Handover($server, $owner, $now, $now + $this->seconds);
            $this->inbox->send($owner, MessageType::Prepare, $server);
        }
    }

    /** Ends the handover of a server whose owner is gone: nobody knows what of the events kept back it delivered. */
    public function abandon(string $server): void
    {
        ($this->incoming[$server] ?? null)?->feed?->close(0.0);
        unset($this->incoming[$server]);
    }

    /** @param array<string, mixed> $fields */
    public function receive(MessageType $type, string $from, string $server, array $fields, float $now): void
    {
        $ofThem = static fn(?Handover $one): ?Handover => $one?->other === $from ? $one : null;
        $incoming = $ofThem($this->incoming[$server] ?? null);
        $outgoing = $ofThem($this->outgoing[$server] ?? null);
        match (true) {
            $type === MessageType::Prepare => $this->onPrepare($server, $from, $now),
            $type === MessageType::Recording && $incoming !== null => $this->onRecording($incoming),
            $type === MessageType::Ready && $outgoing !== null => $this->onSuccessorReady($outgoing),
            $type === MessageType::Forbidden && $outgoing !== null => $this->give($outgoing, isGap: true),
            $type === MessageType::Cut && $incoming !== null => $this->onCut($incoming, $fields),
            $type === MessageType::Abort && ($incoming ?? $outgoing) !== null => $this->drop(
                $server,
                'the other side gave up',
            ),
            default => null,
        };
    }

    public function onState(string $server, ConnectionState $to, ?DisconnectReason $reason): void
    {
        $handover = $this->incoming[$server] ?? null;
        if ($handover === null || $handover->feed === null || $handover->isTold) {
            return;
        }
        if ($to === ConnectionState::Ready) {
            $this->tellReady($handover);
        } elseif (in_array($reason, [DisconnectReason::LoginInUse, DisconnectReason::AuthLimit], strict: true)) {
            $handover->isTold = true;
            $handover->feed->close(0.0);
            $handover->feed = null;
            $this->inbox->send($handover->other, MessageType::Forbidden, $server);
        }
    }

    public function turn(float $now): float
    {
        $this->abort($now, "it took longer than {$this->seconds} s");

        return $now + self::TURN_SECONDS;
    }

    public function finish(float $now): void
    {
        $this->abort(INF, 'this worker ends');
    }

    /** Ends all that were to be over by then. */
    private function abort(float $until, string $why): void
    {
        foreach ([...array_values($this->incoming), ...array_values($this->outgoing)] as $handover) {
            if ($handover->until <= $until) {
                $this->inbox->send($handover->other, MessageType::Abort, $handover->server);
                $this->drop($handover->server, $why);
            }
        }
    }

    private function drop(string $server, string $why): void
    {
        if (isset($this->incoming[$server])) {
            $this->worker->output->note('warning', "the handover of $server was aborted: $why");
            $this->incoming[$server]->feed?->close(0.0);
            unset($this->incoming[$server]);
        }
        if (isset($this->outgoing[$server])) {
            $this->held->get($server)?->stopRecording();
            unset($this->outgoing[$server]);
        }
    }

    private function onPrepare(string $server, string $successor, float $now): void
    {
        $feed = $this->held->get($server);
        // One successor at a time.
        if ($feed === null || ($this->outgoing[$server]->other ?? $successor) !== $successor) {
            $this->inbox->send($successor, MessageType::Abort, $server);

            return;
        }
        $this->outgoing[$server] = new Handover($server, $successor, $now, $now + $this->seconds);
        if (!$feed->isReady()) {
            // Nothing flows that could be kept whole.
            $this->give($this->outgoing[$server], isGap: true);

            return;
        }
        $feed->record();
        $this->inbox->send($successor, MessageType::Recording, $server);
    }

    private function onRecording(Handover $handover): void
    {
        if ($handover->feed !== null) {
            return;
        }
        $handover->feed = $this->held->feed($handover->server);
        $handover->feed->hold();
        $handover->feed->open();
        if ($handover->feed->isReady()) {
            $this->tellReady($handover);
        }
    }

    private function tellReady(Handover $handover): void
    {
        $handover->isTold = true;
        $this->inbox->send($handover->other, MessageType::Ready, $handover->server);
    }

    private function onSuccessorReady(Handover $handover): void
    {
        $this->barrier($this->held->get($handover->server), function (?Throwable $error) use ($handover): void {
            if (($this->outgoing[$handover->server] ?? null) === $handover) {
                $this->give($handover, isGap: $error !== null);
            }
        });
    }

    private function give(Handover $handover, bool $isGap): void
    {
        $server = $handover->server;
        unset($this->outgoing[$server]);
        $feed = $this->held->get($server);
        if ($feed === null || !$this->worker->sink->flush()) {
            $feed?->stopRecording();
            $this->inbox->send($handover->other, MessageType::Abort, $server);

            return;
        }
        // No tick comes between flush and transfer, so nothing is delivered between them.
        $tail = $feed->cut();
        if ($isGap) {
            $feed->client->close();
        }
        try {
            $fence = $this->leases->transfer($server, $this->worker->id, $handover->other);
        } catch (RedisException $error) {
            $this->held->lose($server, "its handover failed halfway: {$error->getMessage()}");

            return;
        }
        if ($fence === null) {
            $this->held->lose($server, 'another worker holds its lease');

            return;
        }
        $this->held->linger($server);
        $this->inbox->send($handover->other, MessageType::Cut, $server, [
            'fence' => $fence,
            'tail' => $tail,
            'names' => $feed->names(),
            'gap' => $isGap,
            'at' => microtime(as_float: true),
        ]);
        $this->worker->output->note('info', "$server is handed over to {$handover->other}");
    }

    /** @param array<string, mixed> $fields */
    private function onCut(Handover $handover, array $fields): void
    {
        $server = $handover->server;
        unset($this->incoming[$server]);
        $this->isRoomMade = true;
        $validUntil = Worker::now() + $this->leases->seconds();
        $feed = $handover->feed;
        if ($this->leases->renew([$server], $this->worker->id) === []) {
            $feed?->close(0.0);
        } elseif ((bool) $fields['gap'] || $feed === null || !$feed->isReady()) {
            $feed?->close(0.0);
            $this->held->open($server, (int) $fields['fence'], $validUntil, (float) $fields['at'], 'handover');
        } else {
            $this->held->adopt($server, $feed, (int) $fields['fence'], $validUntil);
            $this->barrier($feed, function (?Throwable $error) use ($server, $feed, $fields, $handover): void {
                if ($this->held->get($server) === $feed) {
                    $this->begin($handover, $feed, $fields, isCertain: $error === null);
                }
            });
        }
    }

    /** @param array<string, mixed> $fields */
    private function begin(Handover $handover, LeasedFeed $feed, array $fields, bool $isCertain): void
    {
        [$forgotten, $isComplete] = $feed->release($fields['tail'], $fields['names']);
        $milliseconds = (int) ((Worker::now() - $handover->startedAt) * 1_000);
        $this->worker->output->note(
            'info',
            "{$handover->server} is taken over from {$handover->other} in $milliseconds ms, $forgotten events had been delivered already",
        );
        if (!$isCertain || !$isComplete) {
            $this->held->tellGap($handover->server, (float) $fields['at'], 'handover');
        }
    }

    /**
     * Calls back when every event that Asterisk had for this session at the time of the call is delivered or held.
     *
     * @param \Closure(?Throwable): void $then with what kept that from being certain
     */
    private function barrier(?LeasedFeed $feed, \Closure $then): void
    {
        try {
            $feed?->client->send(new GenericAction('Ping'))->onComplete(static fn(?Throwable $error) => $then($error));
        } catch (AmiThrowable $error) {
            $then($error);
        }
    }
}
