<?php

declare(strict_types=1);

namespace Apn\AmiClient\Laravel\Cluster\Remote;

use Apn\AmiClient\Action;
use Apn\AmiClient\Exception\ActionNotSentException;
use Apn\AmiClient\Exception\BackpressureException;
use Apn\AmiClient\Exception\NoServerAvailableException;
use Apn\AmiClient\Exception\OutcomeUnknownException;
use Apn\AmiClient\Laravel\Config\ServerSource;
use Apn\AmiClient\Laravel\Contracts\RemoteSender;
use Apn\AmiClient\Laravel\Records\Records;
use Apn\AmiClient\Laravel\Worker\Servers;
use RedisException;

/** An action goes into the queue of its server in Redis, and its end comes back the same way. */
final readonly class RemoteServer implements RemoteSender
{
    /** As this process has it. */
    private string $address;

    public function __construct(
        private string $server,
        ServerSource $servers,
        private ActionQueue $queue,
        private Records $records,
    ) {
        $this->address = Servers::addressOf($servers->get($server));
    }

    public function send(Action $action, float $deadline = 5.0, ?string $dedupeKey = null): RemotePending
    {
        $id = $this->queueUp($action, $deadline, $dedupeKey, isSilent: false);

        return new RemotePending($id, $this->server, $action->getName(), $deadline, $this->queue, $this->records);
    }

    public function sendWithoutReply(Action $action, float $deadline = 5.0, ?string $dedupeKey = null): void
    {
        $this->queueUp($action, $deadline, $dedupeKey, isSilent: true);
    }

    private function queueUp(Action $action, float $deadline, ?string $dedupeKey, bool $isSilent): string
    {
        $id = bin2hex(random_bytes(10));
        $what = "action `{$action->getName()}` was not sent to `{$this->server}`";
        $text = ActionCodec::encodeAction($action);
        try {
            $this->queue->reach();
        } catch (RedisException $away) {
            throw new ActionNotSentException("$what: Redis is away ({$away->getMessage()})", $this->server, $id, $away);
        }
        try {
            $answer = $this->queue->push($this->server, $this->address, $id, $text, $deadline, $dedupeKey, $isSilent);
        } catch (RedisException $away) {
            $why = "Redis broke off ({$away->getMessage()}), a worker may have it";
            $what = "action `{$action->getName()}` for `{$this->server}`";
            throw new OutcomeUnknownException("$what: $why", $this->server, $id, $away);
        }
        [$state, $who, $ago] = [...$answer, false, false];
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

        return $class === null ? $id : throw new $class("$what: $why", $this->server, $id);
    }

    private static function last(string|false $owner, string|false $ago): string
    {
        return $owner === false
            ? ', and none ever did'
            : sprintf(', %s did until %.1f s ago', $owner, max(0.0, (float) $ago));
    }
}
