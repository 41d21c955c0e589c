<?php

declare(strict_types=1);

namespace Apn\AmiClient\Laravel\Worker;

use RuntimeException;

/** A server that this worker was told to hold is another worker's. */
final class ServerHeldException extends RuntimeException
{
    /** @param non-empty-array<string, string> $owners by server */
    public function __construct(array $owners)
    {
        $held = implode(', ', array_map(
            static fn(int|string $server, string $owner): string => "$server is held by $owner",
            array_keys($owners),
            $owners,
        ));
        parent::__construct("$held: stop that worker, share the servers with --cluster, or take them with --force");
    }
}
