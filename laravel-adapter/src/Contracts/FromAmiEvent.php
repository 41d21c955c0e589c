<?php

declare(strict_types=1);

namespace Apn\AmiClient\Laravel\Contracts;

use Apn\AmiClient\AmiEvent;

/** An event of the application that is made of an event of Asterisk. */
interface FromAmiEvent
{
    /** Null where this one is of no interest: nothing is dispatched then. */
    public static function fromAmi(AmiEvent $event): ?static;
}
