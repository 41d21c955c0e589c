<?php

declare(strict_types=1);

namespace Apn\AmiClient\Laravel\Cluster\Remote;

use Apn\AmiClient\Laravel\Config\ServerSource;
use Apn\AmiClient\Laravel\Contracts\RemoteSender;
use Apn\AmiClient\Laravel\Contracts\RemoteServers;
use Apn\AmiClient\Laravel\Records\Records;
use Apn\AmiClient\Laravel\Worker\Servers;

/** The servers that workers hold, reached over Redis. */
final readonly class WorkerServers implements RemoteServers
{
    public function __construct(
        private ActionQueue $queue,
        private Records $records,
        private ServerSource $servers,
    ) {}

    public function to(string $server): RemoteSender
    {
        return new RemoteServer(
            $server,
            Servers::addressOf($this->servers->get($server)),
            $this->queue,
            $this->records,
        );
    }
}
