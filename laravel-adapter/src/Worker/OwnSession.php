<?php

declare(strict_types=1);

namespace Apn\AmiClient\Laravel\Worker;

use Apn\AmiClient\Action;
use Apn\AmiClient\ActionSender;
use Apn\AmiClient\Exception\ActionNotSentException;
use Apn\AmiClient\Laravel\Contracts\RemoteSender;
use Apn\AmiClient\Laravel\Records\Records;
use Apn\AmiClient\Pending;
use Closure;

/** A server that this process has a session with. */
final readonly class OwnSession implements RemoteSender
{
    /** @param ?Closure(string): void $before called with the action's name; what it throws refuses the action */
    public function __construct(
        private ActionSender $client,
        private string $server,
        private Records $records,
        private ?Closure $before = null,
    ) {}

    public function send(Action $action, float $deadline = 5.0, ?string $dedupeKey = null): Pending
    {
        if ($this->before !== null) {
            ($this->before)($action->getName());
        }
        if ($dedupeKey !== null && !$this->records->claimOnce("{$this->server}:$dedupeKey", self::DEDUPE_SECONDS)) {
            $what = "action `{$action->getName()}` was not sent to `{$this->server}`";
            $why = "its dedupe key `$dedupeKey` was used within the last hour";
            throw new ActionNotSentException("$what: $why", $this->server);
        }

        return $this->client->send($action);
    }

    public function sendWithoutReply(Action $action, float $deadline = 5.0, ?string $dedupeKey = null): void
    {
        $this->send($action, $deadline, $dedupeKey);
    }
}
