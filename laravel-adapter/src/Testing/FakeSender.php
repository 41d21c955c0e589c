<?php

declare(strict_types=1);

namespace Apn\AmiClient\Laravel\Testing;

use Apn\AmiClient\Action;
use Apn\AmiClient\ActionSender;
use Apn\AmiClient\AmiClientManager;
use Apn\AmiClient\Pending;

/** What is injected as ActionSender while Ami::fake() is on. */
final readonly class FakeSender implements ActionSender
{
    public function __construct(
        private AmiFake $fake,
        private AmiClientManager $manager,
    ) {}

    public function send(Action $action): Pending
    {
        $this->fake->refuseStray($action->getName(), 'the client');

        return $this->manager->send($action);
    }
}
