<?php

declare(strict_types=1);

namespace Apn\AmiClient\Laravel\Remote;

use Apn\AmiClient\Laravel\Contracts\RemoteSender;
use Apn\AmiClient\Laravel\Contracts\RemoteServers;
use Apn\AmiClient\Laravel\Records\Records;

/** The servers that workers hold, reached over Redis. */
final readonly class WorkerServers implements RemoteServers
{
    public function __construct(
        private ActionQueue $queue,
        private Records $records,
    ) {}

    public function to(string $server): RemoteSender
    {
        return new RemoteServer($server, $this->queue, $this->records);
    }
}
