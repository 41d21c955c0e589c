<?php

declare(strict_types=1);

namespace Apn\AmiClient\Laravel\Cluster\Remote;

use Apn\AmiClient\Exception\ActionNotSentException;
use Apn\AmiClient\Laravel\Cluster\Handovers;
use Apn\AmiClient\Laravel\Cluster\HeldServers;
use Apn\AmiClient\Laravel\Cluster\LeasedFeed;
use Apn\AmiClient\Laravel\Worker\Task;
use Apn\AmiClient\Laravel\Worker\Worker;
use Apn\AmiClient\Response;
use Throwable;

/** Fetches the messages of other workers, and the actions of other processes for the servers that this worker holds. */
final class Intake implements Task
{
    /** After an action or a message others follow: for so long it is looked for them more often. */
    private const float BUSY_SECONDS = 1.0;
    private const float BUSY_POLL_SECONDS = 0.005;
    /** While nothing comes, so many times the wait for an answer lies between two questions, and at most BUSY_SECONDS. */
    private const int PAUSE_FACTOR = 16;

    private float $busyUntil = 0.0;

    public function __construct(
        private readonly Worker $worker,
        private readonly ActionQueue $queue,
        private readonly HeldServers $held,
        private readonly Handovers $handovers,
    ) {}

    public function turn(float $now): float
    {
        $poll = $this->worker->settings->number('cluster.poll', min: 0.001);
        if ($this->worker->isResting()) {
            // It would take what the worker cannot finish.
            return $now + $poll;
        }
        $isDown = static fn(LeasedFeed $feed): bool => $feed->validUntil <= $now || !$feed->client->isReady();
        $down = array_map(strval(...), array_keys(array_filter($this->held->all, $isDown)));
        [$messages, $actions] = $this->queue->take($this->worker->id, $down);
        $pause = max($poll, min((Worker::now() - $now) * self::PAUSE_FACTOR, self::BUSY_SECONDS));
        // Before the messages, which may have a server handed over. The deadline counts from before the question, so that a slow
        // answer only shortens it.
        if ($actions !== [] || $messages !== []) {
            $this->busyUntil = $now + self::BUSY_SECONDS;
        }
        foreach ($actions as [$server, $id, $payload, $milliseconds, $isSilent]) {
            $this->send($server, $id, $payload, $now + ($milliseconds / 1_000), $isSilent === '1');
        }
        foreach ($messages as $json) {
            // One message that fails takes no other along: they are off the list already.
            $this->worker->report->guard(fn() => $this->handovers->receive($json, $now));
        }

        return $now + ($now < $this->busyUntil ? self::BUSY_POLL_SECONDS : $pause);
    }

    public function finish(float $now): void {}

    private function send(string $server, string $id, string $payload, float $deadline, bool $isSilent): void
    {
        try {
            $decoded = ActionCodec::decodeAction($payload);
            $client = $this->held->get($server)?->client;
            if ($client === null || Worker::now() >= $deadline) {
                $what = "action `{$decoded->getName()}` was not sent to `$server`: its deadline passed";
                throw new ActionNotSentException($what, $server, $id);
            }
            $pending = $client->send($decoded);
            $pending->onComplete(fn(?Throwable $error, ?Response $end) => $this->answer($id, $error, $end, $isSilent));
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
