<?php

declare(strict_types=1);

namespace Apn\AmiClient\Laravel\Events;

/** A server's session is Ready, for the first time or again. */
final readonly class AmiServerUp
{
    /** @param ?float $downSeconds how long it was away; null at the start */
    public function __construct(
        public string $server,
        public ?float $downSeconds,
    ) {}
}
