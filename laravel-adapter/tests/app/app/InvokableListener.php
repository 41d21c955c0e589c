<?php

declare(strict_types=1);

namespace App;

use Apn\AmiClient\AmiEvent;

final class InvokableListener
{
    public function __invoke(AmiEvent $event): void
    {
        PlainListener::$heard[] = "invoked {$event->name}";
    }
}
