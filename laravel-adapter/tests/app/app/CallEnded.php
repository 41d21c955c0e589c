<?php

declare(strict_types=1);

namespace App;

use Apn\AmiClient\AmiEvent;
use Apn\AmiClient\Laravel\Contracts\FromAmiEvent;

final readonly class CallEnded implements FromAmiEvent
{
    public function __construct(
        public string $channel,
        public ?int $cause,
    ) {}

    public static function fromAmi(AmiEvent $event): ?static
    {
        $channel = $event->known('Channel');

        return $channel === null ? null : new self($channel, $event->int('Cause'));
    }
}
