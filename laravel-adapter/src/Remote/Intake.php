<?php

declare(strict_types=1);

namespace Apn\AmiClient\Laravel\Remote;

use Apn\AmiClient\Exception\ActionNotSentException;
use Apn\AmiClient\Laravel\Cluster\Handovers;
use Apn\AmiClient\Laravel\Cluster\Holdings;
use Apn\AmiClient\Laravel\Cluster\Mail;
use Apn\AmiClient\Laravel\Worker\RestsWhilePaused;
use Apn\AmiClient\Laravel\Worker\Worker;
use Apn\AmiClient\Response;
use Throwable;

/** Looks for what others left for this worker: messages of other workers, and actions for the servers it holds. */
final class Intake implements RestsWhilePaused
{
    /** After an action or a message others follow: for so long it is looked for them more often. */
    private const float BUSY_SECONDS = 1.0;
    private const float BUSY_POLL_SECONDS = 0.005;

    private float $busyUntil = 0.0;

    /** @param \Closure(Throwable): void $report */
    public function __construct(
        private readonly string $worker,
        private readonly ActionQueue $queue,
        private readonly Holdings $holdings,
        private readonly Handovers $handovers,
        private readonly float $pollSeconds,
        private readonly \Closure $report,
    ) {}

    public function turn(float $now): float
    {
        ['mail' => $mail, 'actions' => $actions] = $this->queue->take($this->readyServers($now), $this->worker);
        // Before the mail, which may have a server handed over. The deadline counts from before the question, so that a slow
        // answer only shortens it.
        if ($actions !== [] || $mail !== []) {
            $this->busyUntil = $now + self::BUSY_SECONDS;
        }
        foreach ($actions as $action) {
            $this->send($action, $now + $action['seconds']);
        }
        foreach ($mail as $json) {
            $this->guarded(fn() => $this->mail($json, $now));
        }

        return $now + ($now < $this->busyUntil ? self::BUSY_POLL_SECONDS : $this->pollSeconds);
    }

    public function finish(float $now): void {}

    /** @return list<string> */
    private function readyServers(float $now): array
    {
        $ready = [];
        foreach ($this->holdings->all() as $server => $holding) {
            if ($holding->validUntil > $now && $holding->feed->isReady()) {
                $ready[] = (string) $server;
            }
        }

        return $ready;
    }

    /** One message that fails takes no other along: they are off the list already. */
    private function guarded(\Closure $step): void
    {
        try {
            $step();
        } catch (Throwable $error) {
            ($this->report)($error);
        }
    }

    private function mail(string $json, float $now): void
    {
        /** @var array{mail: string, from: string, server: string} $fields */
        $fields = json_decode($json, associative: true, flags: JSON_THROW_ON_ERROR);
        $mail = Mail::tryFrom($fields['mail']);
        if ($mail !== null) {
            $this->handovers->receive($mail, $fields['from'], $fields['server'], $fields, $now);
        }
    }

    /** @param array{server: string, id: string, payload: string, seconds: float} $action */
    private function send(array $action, float $deadline): void
    {
        ['server' => $server, 'id' => $id] = $action;
        try {
            $decoded = ActionCodec::decodeAction($action['payload']);
            $client = $this->holdings->get($server)?->feed->client;
            if ($client === null || Worker::now() >= $deadline) {
                throw new ActionNotSentException(
                    "action `{$decoded->getName()}` was not sent to `$server`: its deadline passed",
                    $server,
                    $id,
                );
            }
            $client
                ->send($decoded)
                ->onComplete(function (?Throwable $error, ?Response $response) use ($id): void {
                    $this->answer($id, $error, $response);
                });
        } catch (Throwable $error) {
            $this->answer($id, $error, null);
        }
    }

    private function answer(string $id, ?Throwable $error, ?Response $response): void
    {
        try {
            $this->queue->answer($id, ActionCodec::encodeEnd($error, $response));
        } catch (Throwable $away) {
            // The caller finds no end, and says so: its outcome is unknown.
            ($this->report)($away);
        }
    }
}
