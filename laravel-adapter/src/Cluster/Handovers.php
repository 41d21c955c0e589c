<?php

declare(strict_types=1);

namespace Apn\AmiClient\Laravel\Cluster;

use Apn\AmiClient\ConnectionState;
use Apn\AmiClient\DisconnectReason;
use Apn\AmiClient\Exception\AmiThrowable;
use Apn\AmiClient\GenericAction;
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
 *
 * @phpstan-type Message array{type: string, from: string, server: string, fence: int, tail: list<array{string, string}>, names: list<string>, gap: bool, at: float} from fence on of Cut alone
 */
final class Handovers
{
    /** Servers that one worker takes over at a time. */
    private const int INCOMING_MAX = 32;
    private const int MESSAGES_KEPT_MS = 60_000;

    /** @var array<string, Handover> */
    private array $incoming = [];

    /** @var array<string, Handover> */
    private array $outgoing = [];

    /** How long one may take. */
    private readonly float $seconds;

    public function __construct(
        private readonly Worker $worker,
        private readonly HeldServers $held,
        private readonly Leases $leases,
        private readonly Store $store,
    ) {
        $this->seconds = $worker->settings->number('cluster.handover', min: 1.0);
        $worker->manager->onStateChange($this->onState(...));
    }

    public function isComing(string $server): bool
    {
        return isset($this->incoming[$server]);
    }

    public function request(string $server, string $owner, float $now): void
    {
        if (!isset($this->incoming[$server]) && count($this->incoming) < self::INCOMING_MAX) {
            $this->incoming[$server] = new Handover($server, $owner, $now);
            $this->send($owner, MessageType::Prepare, $server);
        }
    }

    public function receive(string $json, float $now): void
    {
        /** @var Message $message */
        $message = json_decode($json, associative: true, flags: JSON_THROW_ON_ERROR);
        [$type, $from, $server] = [MessageType::from($message['type']), $message['from'], $message['server']];
        $ofThem = static fn(?Handover $one): ?Handover => $one?->other === $from ? $one : null;
        $incoming = $ofThem($this->incoming[$server] ?? null);
        $outgoing = $ofThem($this->outgoing[$server] ?? null);
        $handover = $incoming ?? $outgoing;
        match (true) {
            $type === MessageType::Prepare => $this->onPrepare($server, $from, $now),
            $type === MessageType::Recording && $incoming !== null => $this->onRecording($incoming),
            $type === MessageType::Ready && $outgoing !== null => $this->onSuccessorReady($outgoing),
            $type === MessageType::Forbidden && $outgoing !== null => $this->give($outgoing, isGap: true),
            $type === MessageType::Cut && $incoming !== null => $this->onCut($incoming, $message),
            $type === MessageType::Abort && $handover !== null => $this->drop($server, 'the other side gave up'),
            default => null,
        };
    }

    private function onState(string $server, ConnectionState $from, ConnectionState $to, ?DisconnectReason $why): void
    {
        $handover = $this->incoming[$server] ?? null;
        if ($handover === null || $handover->feed === null || $handover->isTold) {
            return;
        }
        if ($to === ConnectionState::Ready) {
            $this->tellReady($handover);
        } elseif (in_array($why, [DisconnectReason::LoginInUse, DisconnectReason::AuthLimit], strict: true)) {
            $handover->isTold = true;
            $handover->feed->close(0.0);
            $handover->feed = null;
            $this->send($handover->other, MessageType::Forbidden, $server);
        }
    }

    public function turn(float $now): void
    {
        $this->abort($now - $this->seconds, "it took longer than {$this->seconds} s");
    }

    public function finish(): void
    {
        $this->abort(INF, 'this worker ends');
        $this->store->command('DEL', "inbox:{$this->worker->id}");
    }

    /**
     * Each worker has a list of messages in Redis.
     *
     * @param array<string, mixed> $fields
     */
    private function send(string $to, MessageType $type, string $server, array $fields = []): void
    {
        $message = ['type' => $type->value, 'from' => $this->worker->id, 'server' => $server, ...$fields];
        $this->store->command('RPUSH', "inbox:$to", json_encode($message, JSON_THROW_ON_ERROR));
        $this->store->command('PEXPIRE', "inbox:$to", self::MESSAGES_KEPT_MS);
    }

    /** Ends all that began by then. */
    private function abort(float $startedBy, string $why): void
    {
        foreach ([...array_values($this->incoming), ...array_values($this->outgoing)] as $handover) {
            if ($handover->startedAt <= $startedBy) {
                $this->send($handover->other, MessageType::Abort, $handover->server);
                $this->drop($handover->server, $why);
            }
        }
    }

    public function drop(string $server, string $why): void
    {
        if (isset($this->incoming[$server])) {
            $this->worker->output->note('warning', "the handover of $server was aborted: $why");
            $this->incoming[$server]->feed?->close(0.0);
            unset($this->incoming[$server]);
        }
        if (isset($this->outgoing[$server])) {
            $this->held->get($server)?->record(false);
            unset($this->outgoing[$server]);
        }
    }

    private function onPrepare(string $server, string $successor, float $now): void
    {
        $feed = $this->held->get($server);
        // One successor at a time.
        if ($feed === null || ($this->outgoing[$server]->other ?? $successor) !== $successor) {
            $this->send($successor, MessageType::Abort, $server);

            return;
        }
        $this->outgoing[$server] = new Handover($server, $successor, $now);
        if (!$feed->client->isReady()) {
            // Nothing flows that could be kept whole.
            $this->give($this->outgoing[$server], isGap: true);

            return;
        }
        $feed->record();
        $this->send($successor, MessageType::Recording, $server);
    }

    private function onRecording(Handover $handover): void
    {
        if ($handover->feed !== null) {
            return;
        }
        $handover->feed = $this->held->feed($handover->server);
        $handover->feed->hold();
        $handover->feed->open();
        if ($handover->feed->client->isReady()) {
            $this->tellReady($handover);
        }
    }

    private function tellReady(Handover $handover): void
    {
        $handover->isTold = true;
        $this->send($handover->other, MessageType::Ready, $handover->server);
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
        if ($feed === null || !$this->worker->flush()) {
            $feed?->record(false);
            $this->send($handover->other, MessageType::Abort, $server);

            return;
        }
        // No tick comes between flush and transfer, so nothing is delivered between them.
        $tail = $feed->cut();
        if ($isGap) {
            $feed->client->close();
        }
        $failure = 'another worker holds its lease';
        try {
            $fence = $this->leases->transfer($server, $this->worker->id, $handover->other);
        } catch (RedisException $error) {
            [$fence, $failure] = [null, "its handover failed halfway: {$error->getMessage()}"];
        }
        if ($fence === null) {
            $this->held->lose($server, $failure);

            return;
        }
        $this->held->linger($server);
        $this->send($handover->other, MessageType::Cut, $server, [
            'fence' => $fence,
            'tail' => $tail,
            'names' => $feed->names(),
            'gap' => $isGap,
            'at' => microtime(as_float: true),
        ]);
        $this->worker->output->note('info', "$server is handed over to {$handover->other}");
    }

    /** @param Message $message */
    private function onCut(Handover $handover, array $message): void
    {
        $server = $handover->server;
        unset($this->incoming[$server]);
        $validUntil = Worker::now() + $this->leases->seconds();
        $feed = $handover->feed;
        if ($this->leases->renew([$server], $this->worker->id) === []) {
            $feed?->close(0.0);
        } elseif ($message['gap'] || $feed === null || !$feed->client->isReady()) {
            $feed?->close(0.0);
            $this->held->open($server, $message['fence'], $validUntil, $message['at'], 'handover');
        } else {
            $this->held->adopt($server, $feed, $message['fence'], $validUntil);
            $this->barrier($feed, function (?Throwable $error) use ($server, $feed, $message, $handover): void {
                if ($this->held->get($server) === $feed) {
                    $this->begin($handover, $feed, $message, isCertain: $error === null);
                }
            });
        }
    }

    /** @param Message $cut */
    private function begin(Handover $handover, LeasedFeed $feed, array $cut, bool $isCertain): void
    {
        [$forgotten, $isComplete] = $feed->release($cut['tail'], $cut['names']);
        $milliseconds = (int) ((Worker::now() - $handover->startedAt) * 1_000);
        $this->worker->output->note(
            'info',
            "{$handover->server} is taken over from {$handover->other} in $milliseconds ms, $forgotten events had been delivered already",
        );
        if (!$isCertain || !$isComplete) {
            $this->held->tellGap($handover->server, $cut['at'], 'handover');
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
