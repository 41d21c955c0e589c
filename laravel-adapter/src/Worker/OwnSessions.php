<?php

declare(strict_types=1);

namespace Apn\AmiClient\Laravel\Worker;

use Apn\AmiClient\Laravel\Config\Settings;
use Apn\AmiClient\Laravel\Contracts\RemoteSender;
use Apn\AmiClient\Laravel\Contracts\RemoteServers;
use Apn\AmiClient\Laravel\Records\Records;

/**
 * Ami::to() inside a worker: a server that it holds is reached by its own session. By way of Redis the worker would wait for
 * itself.
 */
final readonly class OwnSessions implements RemoteServers
{
    public function __construct(
        private ServerPool $pool,
        private Records $records,
        private ?RemoteServers $others,
    ) {}

    public function to(string $server): RemoteSender
    {
        $feed = $this->pool->feeds()[$server] ?? null;
        if ($feed !== null) {
            return new OwnSession($feed->client, $server, $this->records);
        }

        return (
            $this->others?->to($server) ?? throw Settings::refused(
                'ami.redis',
                "it is null, and this worker does not hold $server: set AMI_REDIS_CONNECTION to reach the servers of other workers",
            )
        );
    }
}
