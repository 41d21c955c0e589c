<?php

declare(strict_types=1);

namespace Apn\AmiClient\Laravel\Tests\Support;

/** Loopback ports for servers that do not choose one themselves. */
final class Port
{
    /** Below those that the kernel gives to outgoing connections, so that none of them comes in between. */
    private const int FROM = 20_000;
    private const int TO = 31_999;

    public static function free(): int
    {
        do {
            $port = random_int(self::FROM, self::TO);
            $socket = @stream_socket_server("tcp://127.0.0.1:$port");
        } while ($socket === false);
        fclose($socket);

        return $port;
    }
}
