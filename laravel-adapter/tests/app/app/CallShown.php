<?php

declare(strict_types=1);

namespace App;

use Apn\AmiClient\AmiEvent;
use Apn\AmiClient\Laravel\Contracts\FromAmiEvent;
use Illuminate\Broadcasting\Channel;
use Illuminate\Contracts\Broadcasting\ShouldBroadcast;

/** An event that goes to browsers: nobody listens to it on the server. */
final readonly class CallShown implements FromAmiEvent, ShouldBroadcast
{
    public function __construct(
        public string $channel,
    ) {}

    public static function fromAmi(AmiEvent $event): ?static
    {
        return new self((string) $event->get('Channel'));
    }

    public function broadcastOn(): Channel
    {
        return new Channel('calls');
    }
}
