<?php

declare(strict_types=1);

namespace Apn\AmiClient\Laravel\Events;

use Apn\AmiClient\AmiEvent;

/**
 * An event of Asterisk, of whatever name.
 *
 * Whoever listens to this class has every event of every server read, made an object and dispatched. Ami::on() and
 * `ami.listen.events` have only what they name.
 */
final readonly class AmiEventReceived
{
    /** @param string $id the same for the same event, whatever way and however often it comes */
    public function __construct(
        public AmiEvent $event,
        public string $id,
    ) {}
}
