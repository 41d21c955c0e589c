<?php

declare(strict_types=1);

namespace Apn\AmiClient\Laravel\Cluster\Remote;

use Apn\AmiClient\Exception\ActionNotSentException;
use Apn\AmiClient\Laravel\Cluster\Handovers;
use Apn\AmiClient\Laravel\Cluster\HeldServers;
use Apn\AmiClient\Laravel\Cluster\LeasedFeed;
use Apn\AmiClient\Laravel\Cluster\MessageType;
use Apn\AmiClient\Laravel\Worker\SkippedWhilePaused;
use Apn\AmiClient\Laravel\Worker\Worker;
use Apn\AmiClient\Laravel\Worker\WorkerParts;
use Apn\AmiClient\Response;
use Throwable;

/** Fetches the messages of other workers, and the actions of other processes for the servers that this worker holds. */
final class Intake implements SkippedWhilePaused
{
    /** After an action or a message others follow: for so long it is looked for them more often. */
    private const float BUSY_SECONDS = 1.0;
    private const float BUSY_POLL_SECONDS = 0.005;

    private float $busyUntil = 0.0;

    public function __construct(
        private readonly WorkerParts $worker,
        private readonly ActionQueue $queue,
        private readonly HeldServers $held,
        private readonly Handovers $handovers,
    ) {}

    public function turn(float $now): float
    {
        $isDown = static fn(LeasedFeed $feed): bool => $feed->validUntil <= $now || !$feed->isReady();
        $down = array_map(strval(...), array_keys(array_filter($this->held->all(), $isDown)));
        ['messages' => $messages, 'actions' => $actions] = $this->queue->take($this->worker->id, $down);
        // Before the messages, which may have a server handed over. The deadline counts from before the question, so that a slow
        // answer only shortens it.
        if ($actions !== [] || $messages !== []) {
            $this->busyUntil = $now + self::BUSY_SECONDS;
        }
        foreach ($actions as $action) {
            $this->send($action, $now + $action['seconds']);
        }
        foreach ($messages as $json) {
            // One message that fails takes no other along: they are off the list already.
            $this->worker->report->guard(fn() => $this->receive($json, $now));
        }
        $poll = $this->worker->settings->number('cluster.poll', min: 0.001);

        return $now + ($now < $this->busyUntil ? self::BUSY_POLL_SECONDS : $poll);
    }

    public function finish(float $now): void {}

    private function receive(string $json, float $now): void
    {
        /** @var array{type: string, from: string, server: string} $fields */
        $fields = json_decode($json, associative: true, flags: JSON_THROW_ON_ERROR);
        $type = MessageType::tryFrom($fields['type']);
        if ($type !== null) {
            $this->handovers->receive($type, $fields['from'], $fields['server'], $fields, $now);
        }
    }

    /** @param array{server: string, id: string, payload: string, seconds: float, isSilent: bool} $action */
    private function send(array $action, float $deadline): void
    {
        ['server' => $server, 'id' => $id, 'isSilent' => $isSilent] = $action;
        try {
            $decoded = ActionCodec::decodeAction($action['payload']);
            $client = $this->held->get($server)?->client;
            if ($client === null || Worker::now() >= $deadline) {
                throw new ActionNotSentException(
                    "action `{$decoded->getName()}` was not sent to `$server`: its deadline passed",
                    $server,
                    $id,
                );
            }
            $client
                ->send($decoded)
                ->onComplete(function (?Throwable $error, ?Response $response) use ($id, $isSilent): void {
                    $this->answer($id, $error, $response, $isSilent);
                });
        } catch (Throwable $error) {
            $this->answer($id, $error, null, $isSilent);
        }
    }

    private function answer(string $id, ?Throwable $error, ?Response $response, bool $isSilent): void
    {
        if (!$isSilent) {
            // Where it fails, the caller finds no end, and says so: its outcome is unknown.
            $this->worker->report->guard(fn() => $this->queue->answer($id, ActionCodec::encodeEnd($error, $response)));
        }
    }
}
