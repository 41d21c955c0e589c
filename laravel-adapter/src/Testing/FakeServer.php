<?php

declare(strict_types=1);

namespace Apn\AmiClient\Laravel\Testing;

use Apn\AmiClient\Action;
use Apn\AmiClient\AmiClientManager;
use Apn\AmiClient\Exception\ActionNotSentException;
use Apn\AmiClient\Laravel\Contracts\RemoteSender;
use Apn\AmiClient\Pending;

/** What Ami::to() gives while Ami::fake() is on. */
final readonly class FakeServer implements RemoteSender
{
    public function __construct(
        private AmiFake $fake,
        private AmiClientManager $manager,
        private string $serverKey,
    ) {}

    public function send(Action $action, float $deadline = 5.0, ?string $dedupeKey = null): Pending
    {
        $this->fake->refuseStray($action->getName(), $this->serverKey);
        if ($this->fake->isDuplicate($this->serverKey, $dedupeKey)) {
            throw new ActionNotSentException(
                "action `{$action->getName()}` was not sent to `{$this->serverKey}`: its dedupe key `$dedupeKey` was used",
                $this->serverKey,
            );
        }

        return $this->manager->server($this->serverKey)->send($action);
    }

    public function sendWithoutReply(Action $action, float $deadline = 5.0, ?string $dedupeKey = null): void
    {
        $this->send($action, $deadline, $dedupeKey);
    }
}
