<?php

declare(strict_types=1);

namespace Apn\AmiClient\Laravel\Worker;

use Apn\AmiClient\AmiEvent;
use Apn\AmiClient\ConnectionState;
use Apn\AmiClient\DisconnectReason;
use Apn\AmiClient\Gap;
use Apn\AmiClient\Laravel\Routing\Route;
use Apn\AmiClient\ServerHealth;

/** What a worker tells whoever started it. */
interface Output
{
    /**
     * @param list<string> $servers
     * @param list<Route> $routes
     */
    public function started(string $worker, array $servers, array $routes): void;

    public function event(AmiEvent $event): void;

    public function state(
        string $server,
        ConnectionState $from,
        ConnectionState $to,
        ?DisconnectReason $reason,
        string $detail,
    ): void;

    public function gap(Gap $gap): void;

    public function note(string $level, string $message): void;

    /**
     * Called about once a second.
     *
     * @param array<string, ServerHealth> $health of the servers that the worker holds
     */
    public function status(array $health): void;

    public function stopped(StopReason $reason): void;
}
