<?php

declare(strict_types=1);

namespace Apn\AmiClient\Laravel\Testing;

use Apn\AmiClient\Action;
use Apn\AmiClient\Laravel\Contracts\RemoteSender;
use Apn\AmiClient\Laravel\Worker\OwnSession;
use Apn\AmiClient\Pending;

/** What Ami::to() gives while Ami::fake() is on. */
final readonly class FakeServer implements RemoteSender
{
    public function __construct(
        private AmiFake $fake,
        private string $serverKey,
        private OwnSession $session,
    ) {}

    public function send(Action $action, float $deadline = 5.0, ?string $dedupeKey = null): Pending
    {
        $this->fake->refuseStray($action->getName(), $this->serverKey);

        return $this->session->send($action, $deadline, $dedupeKey);
    }

    public function sendWithoutReply(Action $action, float $deadline = 5.0, ?string $dedupeKey = null): void
    {
        $this->send($action, $deadline, $dedupeKey);
    }
}
