<?php

declare(strict_types=1);

namespace Apn\AmiClient\Laravel\Worker;

use Apn\AmiClient\AmiEvent;
use Apn\AmiClient\ConnectionState;
use Apn\AmiClient\DisconnectReason;
use Apn\AmiClient\Gap;

/** Nobody listens. */
final readonly class NoOutput implements Output
{
    public function started(string $worker, array $servers, array $routes): void {}

    public function event(AmiEvent $event): void {}

    public function state(
        string $server,
        ConnectionState $from,
        ConnectionState $to,
        ?DisconnectReason $reason,
        string $detail,
    ): void {}

    public function gap(Gap $gap): void {}

    public function note(string $level, string $message): void {}

    public function status(array $health): void {}

    public function stopped(StopReason $reason): void {}
}
