<?php

declare(strict_types=1);

namespace Apn\AmiClient\Laravel\Cluster;

use Apn\AmiClient\ConnectionState;
use Apn\AmiClient\DisconnectReason;
use Apn\AmiClient\Exception\AmiThrowable;
use Apn\AmiClient\GenericAction;
use Apn\AmiClient\Laravel\Worker\Output;
use Apn\AmiClient\Laravel\Worker\RunsAfterEvents;
use Apn\AmiClient\Laravel\Worker\Sink;
use Apn\AmiClient\Laravel\Worker\Worker;
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
final class Handovers implements RunsAfterEvents
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

    public function __construct(
        private readonly HeldServers $held,
        private readonly Leases $leases,
        private readonly Inbox $inbox,
        private readonly Sink $sink,
        private readonly Output $output,
        private readonly float $seconds,
    ) {}

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
        if (
            isset($this->incoming[$server])
            || count($this->incoming) >= self::INCOMING_MAX
            || !$this->inbox->claim($server, $this->seconds)
        ) {
            return;
        }
        $this->incoming[$server] = new Handover($server, $owner, $now, $now + $this->seconds);
        $this->inbox->send($owner, MessageType::Prepare, $server);
    }

    /** Ends the handover of a server whose owner is gone, and returns the session that was opened for it, if it is Ready. */
    public function abandon(string $server): ?LeasedFeed
    {
        $handover = $this->incoming[$server] ?? null;
        unset($this->incoming[$server]);
        $feed = $handover?->feed;
        if ($feed !== null && !$feed->isReady()) {
            $feed->close(0.0);

            return null;
        }

        return $feed;
    }

    /** @param array<string, mixed> $fields */
    public function receive(MessageType $type, string $from, string $server, array $fields, float $now): void
    {
        $incoming = $this->incoming[$server] ?? null;
        $incoming = $incoming?->other === $from ? $incoming : null;
        $outgoing = $this->outgoing[$server] ?? null;
        $outgoing = $outgoing?->other === $from ? $outgoing : null;
        match (true) {
            $type === MessageType::Prepare => $this->onPrepare($server, $from, $now),
            $type === MessageType::Recording && $incoming !== null => $this->onRecording($incoming),
            $type === MessageType::Ready && $outgoing !== null => $this->onSuccessorReady($outgoing),
            $type === MessageType::Forbidden && $outgoing !== null => $this->give($outgoing, isGap: true),
            $type === MessageType::Cut && $incoming !== null => $this->onCut($incoming, $fields),
            $type === MessageType::Abort => $this->drop($server, 'the other side gave up'),
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

    /** Before jobs and the stream are written. */
    public function turn(float $now): float
    {
        $this->saveTails();
        foreach ($this->all() as $handover) {
            if ($now >= $handover->until) {
                $this->inbox->send($handover->other, MessageType::Abort, $handover->server);
                $this->drop($handover->server, "it took longer than {$this->seconds} s");
            }
        }

        return $now + self::TURN_SECONDS;
    }

    public function finish(float $now): void
    {
        foreach ($this->all() as $handover) {
            $this->inbox->send($handover->other, MessageType::Abort, $handover->server);
            $this->drop($handover->server, 'this worker ends');
        }
    }

    /** Keeps what this worker is about to deliver of servers that it hands over, should it die before the end of it. */
    private function saveTails(): void
    {
        foreach ($this->outgoing as $handover) {
            $held = $this->held->get($handover->server);
            $tail = $held?->feed->unsavedTail() ?? [];
            if ($held !== null && $tail !== []) {
                $this->leases->saveTail($handover->server, $held->fence, $tail);
            }
        }
    }

    /** @return list<Handover> */
    private function all(): array
    {
        return [...array_values($this->incoming), ...array_values($this->outgoing)];
    }

    private function drop(string $server, string $why): void
    {
        if (isset($this->incoming[$server])) {
            $this->output->note('warning', "the handover of $server was aborted: $why");
            $this->incoming[$server]->feed?->close(0.0);
            unset($this->incoming[$server]);
            $this->inbox->unclaim($server);
        }
        if (isset($this->outgoing[$server])) {
            $this->held->get($server)?->feed->stopRecording();
            unset($this->outgoing[$server]);
        }
    }

    private function onPrepare(string $server, string $successor, float $now): void
    {
        $held = $this->held->get($server);
        if ($held === null) {
            $this->inbox->send($successor, MessageType::Abort, $server);

            return;
        }
        $this->outgoing[$server] = new Handover($server, $successor, $now, $now + $this->seconds);
        if (!$held->feed->isReady()) {
            // Nothing flows that could be kept whole.
            $this->give($this->outgoing[$server], isGap: true);

            return;
        }
        $held->feed->record();
        $this->inbox->send($successor, MessageType::Recording, $server);
    }

    private function onRecording(Handover $handover): void
    {
        if ($handover->feed !== null) {
            return;
        }
        $handover->feed = $this->held->successorFeed($handover->server);
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
        $this->barrier($this->held->get($handover->server)?->feed, function (?Throwable $error) use ($handover): void {
            if (($this->outgoing[$handover->server] ?? null) === $handover) {
                $this->give($handover, isGap: $error !== null);
            }
        });
    }

    private function give(Handover $handover, bool $isGap): void
    {
        $server = $handover->server;
        $this->saveTails();
        unset($this->outgoing[$server]);
        $held = $this->held->get($server);
        if ($held === null || !$this->sink->flush()) {
            $held?->feed->stopRecording();
            $this->inbox->send($handover->other, MessageType::Abort, $server);

            return;
        }
        // No tick comes between flush and transfer, so nothing is delivered between them.
        $tail = $held->feed->cut();
        if ($isGap) {
            $held->feed->client->close();
        }
        try {
            $fence = $this->leases->transfer($server, $this->inbox->worker, $handover->other);
        } catch (RedisException $error) {
            $this->held->lose($server, "its handover failed halfway: {$error->getMessage()}");

            return;
        }
        if ($fence === null) {
            $this->held->lose($server, 'another worker holds its lease');

            return;
        }
        $this->held->linger($server, Worker::now());
        $this->inbox->send($handover->other, MessageType::Cut, $server, [
            'fence' => $fence,
            'tail' => $tail,
            'names' => $held->feed->names(),
            'gap' => $isGap,
            'at' => microtime(as_float: true),
        ]);
        $this->output->note('info', "$server is handed over to {$handover->other}");
    }

    /** @param array<string, mixed> $fields */
    private function onCut(Handover $handover, array $fields): void
    {
        $server = $handover->server;
        unset($this->incoming[$server]);
        $this->isRoomMade = true;
        $this->inbox->unclaim($server);
        $before = Worker::now();
        if ($this->leases->renew([$server], $this->inbox->worker) === []) {
            $handover->feed?->close(0.0);

            return;
        }
        $fence = (int) $fields['fence'];
        $validUntil = $before + $this->leases->seconds();
        if ((bool) $fields['gap'] || $handover->feed === null || !$handover->feed->isReady()) {
            $handover->feed?->close(0.0);
            $this->held->open($server, $fence, $validUntil, (float) $fields['at'], 'handover');

            return;
        }
        $feed = $handover->feed;
        $this->held->adopt($server, $feed, $fence, $validUntil);
        $this->barrier($feed, function (?Throwable $error) use ($server, $feed, $fence, $fields, $handover): void {
            if ($this->held->get($server)?->feed === $feed) {
                $this->begin($handover, $feed, $fence, $fields, isCertain: $error === null);
            }
        });
    }

    /** @param array<string, mixed> $fields */
    private function begin(Handover $handover, LeasedFeed $feed, int $fence, array $fields, bool $isCertain): void
    {
        ['forgotten' => $forgotten, 'isComplete' => $isComplete] = $feed->release(
            (string) $fence,
            $fields['tail'],
            $fields['names'],
        );
        $milliseconds = (int) ((Worker::now() - $handover->startedAt) * 1_000);
        $this->output->note(
            'info',
            "{$handover->server} is taken over from {$handover->other} in $milliseconds ms, $forgotten events had been delivered already",
        );
        if (!$isCertain || !$isComplete) {
            $this->held->tellGap($handover->server, (float) $fields['at'], 'handover');
        }
    }

    /**
     * Continues with a session that was opened for a handover whose owner is gone: what was kept back is not lost, and what
     * the owner still delivered does not come twice.
     */
    public function inherit(LeasedFeed $feed, Lease $last, int $fence, float $gapFrom): void
    {
        $server = $last->server;
        $this->barrier($feed, function () use ($feed, $last, $fence, $gapFrom, $server): void {
            if ($this->held->get($server)?->feed !== $feed) {
                return;
            }
            $tail = $this->leases->tail($server, $last->fence);
            $this->held->tellGap($server, $gapFrom, 'takeover');
            $feed->release((string) $fence, $tail, $feed->names());
        });
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
