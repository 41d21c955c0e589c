<?php

declare(strict_types=1);

namespace Apn\AmiClient\Laravel\Contracts;

/** Where Ami::to() gets its servers from: the workers, or a fake. */
interface RemoteServers
{
    public function to(string $server): RemoteSender;
}
