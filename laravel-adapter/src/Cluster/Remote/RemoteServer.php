<?php

declare(strict_types=1);

namespace Apn\AmiClient\Laravel\Cluster\Remote;

use Apn\AmiClient\Action;
use Apn\AmiClient\Exception\ActionNotSentException;
use Apn\AmiClient\Exception\BackpressureException;
use Apn\AmiClient\Exception\NoServerAvailableException;
use Apn\AmiClient\Exception\OutcomeUnknownException;
use Apn\AmiClient\Laravel\Contracts\RemoteSender;
use Apn\AmiClient\Laravel\Records\Records;
use RedisException;

/** An action goes into the queue of its server in Redis, and its end comes back the same way. */
final readonly class RemoteServer implements RemoteSender
{
    public function __construct(
        private string $serverKey,
        private string $address,
        private ActionQueue $queue,
        private Records $records,
    ) {}

    public function send(Action $action, float $deadline = 5.0, ?string $dedupeKey = null): RemotePending
    {
        $id = $this->queueUp($action, $deadline, $dedupeKey, isSilent: false);

        return new RemotePending($id, $this->serverKey, $action->getName(), $deadline, $this->queue, $this->records);
    }

    public function sendWithoutReply(Action $action, float $deadline = 5.0, ?string $dedupeKey = null): void
    {
        $this->queueUp($action, $deadline, $dedupeKey, isSilent: true);
    }

    private function queueUp(Action $action, float $deadline, ?string $dedupeKey, bool $isSilent): string
    {
        $id = bin2hex(random_bytes(10));
        $what = "action `{$action->getName()}` was not sent to `{$this->serverKey}`";
        $payload = ActionCodec::encodeAction($action);
        try {
            $this->queue->reach();
        } catch (RedisException $away) {
            throw new ActionNotSentException(
                "$what: Redis is away ({$away->getMessage()})",
                $this->serverKey,
                $id,
                previous: $away,
            );
        }
        try {
            $became = $this->queue->push(
                $this->serverKey,
                $this->address,
                $id,
                $payload,
                $deadline,
                $dedupeKey,
                $isSilent,
            );
        } catch (RedisException $away) {
            throw new OutcomeUnknownException(
                "action `{$action->getName()}` for `{$this->serverKey}`: Redis broke off ({$away->getMessage()}), a worker may have it",
                $this->serverKey,
                $id,
                previous: $away,
            );
        }
        [$state, $who, $ago] = [...$became, null, null];
        [$class, $why] = match ($state) {
            'queued' => [null, ''],
            'nobody' => [
                NoServerAvailableException::class,
                'no worker holds it' . self::last($who, $ago) . '. Is ami:listen running?',
            ],
            'elsewhere' => [
                NoServerAvailableException::class,
                "its worker $who holds it at $ago, here it is at {$this->address}. Give each application its own AMI_PREFIX",
            ],
            'full' => [BackpressureException::class, "too many actions wait for its worker $who"],
            default => [
                ActionNotSentException::class,
                "its dedupe key `$dedupeKey` was used " . round((float) $who) . ' s ago',
            ],
        };

        return $class === null ? $id : throw new $class("$what: $why", $this->serverKey, $id);
    }

    private static function last(?string $owner, ?string $ago): string
    {
        return $owner === null
            ? ', and none ever did'
            : sprintf(', %s did until %.1f s ago', $owner, max(0.0, (float) $ago));
    }
}
