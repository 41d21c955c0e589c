<?php

declare(strict_types=1);

namespace Apn\AmiClient\Laravel\Cluster;

use Apn\AmiClient\ConnectionState;
use Apn\AmiClient\DisconnectReason;
use Apn\AmiClient\Exception\AmiThrowable;
use Apn\AmiClient\GenericAction;
use Apn\AmiClient\Laravel\Worker\Feed;
use Apn\AmiClient\Laravel\Worker\Output;
use Apn\AmiClient\Laravel\Worker\Sink;
use Apn\AmiClient\Laravel\Worker\Worker;
use RedisException;
use Throwable;

/**
 * Planned handovers, without a hole and without a double:
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
final class Handovers
{
    /** Servers that one worker takes over at a time. */
    private const int INCOMING_MAX = 8;

    /** @var array<string, Handover> */
    private array $incoming = [];

    /** @var array<string, Handover> */
    private array $outgoing = [];

    public function __construct(
        private readonly Holdings $holdings,
        private readonly Leases $leases,
        private readonly Post $post,
        private readonly Sink $sink,
        private readonly Output $output,
        private readonly float $seconds,
    ) {}

    public function isComing(string $server): bool
    {
        return isset($this->incoming[$server]);
    }

    public function request(string $server, string $owner, float $now): void
    {
        if (
            isset($this->incoming[$server])
            || count($this->incoming) >= self::INCOMING_MAX
            || !$this->post->claim($server, $this->seconds)
        ) {
            return;
        }
        $this->incoming[$server] = new Handover($server, $owner, $now, $now + $this->seconds);
        $this->post->send($owner, Mail::Prepare, $server);
    }

    /** Gives up the handover of a server whose owner is gone; the session that was opened for it, if it is Ready. */
    public function abandon(string $server): ?Feed
    {
        $handover = $this->incoming[$server] ?? null;
        unset($this->incoming[$server]);
        if ($handover?->feed === null) {
            return null;
        }
        if ($handover->feed->isReady()) {
            return $handover->feed;
        }
        $handover->feed->close(0.0);

        return null;
    }

    /** @param array<string, mixed> $fields */
    public function receive(Mail $mail, string $from, string $server, array $fields, float $now): void
    {
        $incoming = $this->incoming[$server] ?? null;
        $incoming = $incoming?->other === $from ? $incoming : null;
        $outgoing = $this->outgoing[$server] ?? null;
        $outgoing = $outgoing?->other === $from ? $outgoing : null;
        match (true) {
            $mail === Mail::Prepare => $this->onPrepare($server, $from, $now),
            $mail === Mail::Recording && $incoming !== null => $this->onRecording($incoming),
            $mail === Mail::Ready && $outgoing !== null => $this->onSuccessorReady($outgoing),
            $mail === Mail::Forbidden && $outgoing !== null => $this->give($outgoing, isGap: true),
            $mail === Mail::Cut && $incoming !== null => $this->onCut($incoming, $fields),
            $mail === Mail::Abort => $this->drop($server, 'the other side gave up'),
            default => null,
        };
    }

    public function onState(string $server, ConnectionState $to, ?DisconnectReason $reason): void
    {
        $handover = $this->incoming[$server] ?? null;
        if ($handover?->feed === null || $handover->isTold) {
            return;
        }
        if ($to === ConnectionState::Ready) {
            $this->tellReady($handover);
        } elseif (in_array($reason, [DisconnectReason::LoginInUse, DisconnectReason::AuthLimit], strict: true)) {
            $handover->isTold = true;
            $handover->feed->close(0.0);
            $handover->feed = null;
            $this->post->send($handover->other, Mail::Forbidden, $server);
        }
    }

    public function turn(float $now): void
    {
        foreach ($this->all() as $handover) {
            if ($now >= $handover->until) {
                $this->post->send($handover->other, Mail::Abort, $handover->server);
                $this->drop($handover->server, "no end within {$this->seconds} s");
            }
        }
    }

    /** Gives up everything. */
    public function abort(): void
    {
        foreach ($this->all() as $handover) {
            $this->post->send($handover->other, Mail::Abort, $handover->server);
            $this->drop($handover->server, 'this worker ends');
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
            $this->output->note('warning', "the handover of $server came to nothing: $why");
            $this->incoming[$server]->feed?->close(0.0);
            unset($this->incoming[$server]);
            $this->post->unclaim($server);
        }
        if (isset($this->outgoing[$server])) {
            $this->holdings->get($server)?->feed->stopRecording();
            unset($this->outgoing[$server]);
        }
    }

    private function onPrepare(string $server, string $successor, float $now): void
    {
        $holding = $this->holdings->get($server);
        if ($holding === null) {
            $this->post->send($successor, Mail::Abort, $server);

            return;
        }
        $this->outgoing[$server] = new Handover($server, $successor, $now, $now + $this->seconds);
        if (!$holding->feed->isReady()) {
            // Nothing flows that could be kept whole.
            $this->give($this->outgoing[$server], isGap: true);

            return;
        }
        $holding->feed->record();
        $this->post->send($successor, Mail::Recording, $server);
    }

    private function onRecording(Handover $handover): void
    {
        if ($handover->feed !== null) {
            return;
        }
        $handover->feed = $this->holdings->heldFeed($handover->server);
        $handover->feed->open();
        if ($handover->feed->isReady()) {
            $this->tellReady($handover);
        }
    }

    private function tellReady(Handover $handover): void
    {
        $handover->isTold = true;
        $this->post->send($handover->other, Mail::Ready, $handover->server);
    }

    private function onSuccessorReady(Handover $handover): void
    {
        $this->barrier($this->holdings->get($handover->server)?->feed, function (?Throwable $error) use (
            $handover,
        ): void {
            if (($this->outgoing[$handover->server] ?? null) === $handover) {
                $this->give($handover, isGap: $error !== null);
            }
        });
    }

    private function give(Handover $handover, bool $isGap): void
    {
        $server = $handover->server;
        unset($this->outgoing[$server]);
        $holding = $this->holdings->get($server);
        if ($holding === null || !$this->sink->flush()) {
            $holding?->feed->stopRecording();
            $this->post->send($handover->other, Mail::Abort, $server);

            return;
        }
        // No tick comes between flush and transfer, so nothing is delivered between them.
        $tail = $holding->feed->cut();
        if ($isGap) {
            $holding->feed->client->close();
        }
        try {
            $fence = $this->leases->transfer($server, $this->post->worker, $handover->other);
        } catch (RedisException $error) {
            $this->holdings->lose($server, "its handover failed halfway: {$error->getMessage()}");

            return;
        }
        if ($fence === null) {
            $this->holdings->lose($server, 'another worker holds its lease');

            return;
        }
        $this->holdings->linger($server, Worker::now());
        $this->post->send($handover->other, Mail::Cut, $server, [
            'fence' => $fence,
            'tail' => $tail,
            'names' => $holding->feed->names(),
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
        $this->post->unclaim($server);
        $before = Worker::now();
        if ($this->leases->renew([$server], $this->post->worker) === []) {
            $handover->feed?->close(0.0);

            return;
        }
        $fence = (int) $fields['fence'];
        $validUntil = $before + $this->leases->seconds();
        if ((bool) $fields['gap'] || $handover->feed === null || !$handover->feed->isReady()) {
            $handover->feed?->close(0.0);
            $this->holdings->open($server, $fence, $validUntil, (float) $fields['at'], 'handover');

            return;
        }
        $feed = $handover->feed;
        $this->holdings->adopt($server, $feed, $fence, $validUntil);
        $this->barrier($feed, function (?Throwable $error) use ($server, $feed, $fence, $fields, $handover): void {
            if ($this->holdings->get($server)?->feed === $feed) {
                $this->begin($handover, $feed, $fence, $fields, isCertain: $error === null);
            }
        });
    }

    /** @param array<string, mixed> $fields */
    private function begin(Handover $handover, Feed $feed, int $fence, array $fields, bool $isCertain): void
    {
        ['forgotten' => $forgotten, 'isComplete' => $isComplete] = $feed->release(
            (string) $fence,
            $fields['tail'],
            $fields['names'],
        );
        $milliseconds = (int) ((Worker::now() - $handover->startedAt) * 1_000);
        $this->output->note(
            'info',
            "{$handover->server} is taken over from {$handover->other} in $milliseconds ms, $forgotten events came twice",
        );
        if (!$isCertain || !$isComplete) {
            $this->holdings->tellGap($handover->server, (float) $fields['at'], 'handover');
        }
    }

    /**
     * Goes on with a session that was opened for a handover whose owner is gone: what was held since is not lost, and what
     * the owner could still deliver does not come twice.
     */
    public function inherit(Feed $feed, Lease $last, int $fence, float $gapFrom): void
    {
        $server = $last->server;
        $this->barrier($feed, function () use ($feed, $last, $fence, $gapFrom, $server): void {
            if ($this->holdings->get($server)?->feed !== $feed) {
                return;
            }
            $tail = $this->sink->tail($server, (string) $last->fence);
            $this->holdings->tellGap($server, $gapFrom, 'takeover');
            $feed->release((string) $fence, $tail, $feed->names());
        });
    }

    /**
     * Calls back when every event that Asterisk had for this session at the time of the call is delivered or held.
     *
     * @param \Closure(?Throwable): void $then with what kept that from being certain
     */
    private function barrier(?Feed $feed, \Closure $then): void
    {
        try {
            $feed?->client->send(new GenericAction('Ping'))->onComplete(static fn(?Throwable $error) => $then($error));
        } catch (AmiThrowable $error) {
            $then($error);
        }
    }
}
