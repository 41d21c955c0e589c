<?php

declare(strict_types=1);

namespace App\Message;

/** Calls an agent, and then the customer. */
final readonly class PlaceCall
{
    public function __construct(
        public string $agent,
        public string $number,
    ) {}
}
