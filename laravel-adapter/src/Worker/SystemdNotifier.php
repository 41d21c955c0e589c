<?php

declare(strict_types=1);

namespace Apn\AmiClient\Laravel\Worker;

/** Tells systemd that the loop runs: READY=1 at the start, WATCHDOG=1 while it does. See sd_notify(3). */
final class SystemdNotifier implements Task
{
    private const float SECONDS = 1.0;

    /** @var ?resource */
    private $socket = null;

    public function __construct(string $address)
    {
        $path = str_starts_with($address, '@') ? "\0" . substr($address, 1) : $address;
        $this->socket = @stream_socket_client("udg://$path") ?: null;
        if ($this->socket !== null) {
            stream_set_blocking($this->socket, enable: false);
            $this->send('READY=1');
        }
    }

    public function turn(float $now): float
    {
        $this->send('WATCHDOG=1');

        return $now + self::SECONDS;
    }

    public function finish(float $now): void
    {
        $this->send('STOPPING=1');
    }

    private function send(string $state): void
    {
        if ($this->socket !== null) {
            @fwrite($this->socket, $state);
        }
    }
}
