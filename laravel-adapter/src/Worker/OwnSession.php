<?php

declare(strict_types=1);

namespace Apn\AmiClient\Laravel\Worker;

use Apn\AmiClient\Action;
use Apn\AmiClient\AmiClient;
use Apn\AmiClient\Exception\ActionNotSentException;
use Apn\AmiClient\Laravel\Contracts\RemoteSender;
use Apn\AmiClient\Laravel\Records\Records;
use Apn\AmiClient\Pending;

/** A server that this worker holds. */
final readonly class OwnSession implements RemoteSender
{
    private const float DEDUPE_SECONDS = 3_600.0;

    public function __construct(
        private AmiClient $client,
        private Records $records,
    ) {}

    public function send(Action $action, float $deadline = 5.0, ?string $dedupeKey = null): Pending
    {
        $server = $this->client->serverKey;
        if ($dedupeKey !== null && !$this->records->claimOnce("$server:$dedupeKey", self::DEDUPE_SECONDS)) {
            throw new ActionNotSentException(
                "action `{$action->getName()}` was not sent to `$server`: its dedupe key `$dedupeKey` was used within the last hour",
                $server,
            );
        }

        return $this->client->send($action);
    }

    public function sendWithoutReply(Action $action, float $deadline = 5.0, ?string $dedupeKey = null): void
    {
        $this->send($action, $deadline, $dedupeKey);
    }
}
