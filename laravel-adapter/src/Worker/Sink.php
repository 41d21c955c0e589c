<?php

declare(strict_types=1);

namespace Apn\AmiClient\Laravel\Worker;

use Apn\AmiClient\Laravel\Events\AmiGap;
use Apn\AmiClient\Laravel\Routing\Route;

/** Where a worker's events go: to the application's listeners in this process, or over the bridge. */
interface Sink
{
    /** @return list<Route> */
    public function routes(): array;

    /** @param string $term of the holder, as the server's lease has it */
    public function gap(AmiGap $gap, string $term): void;

    /**
     * What the holder of that term delivered last, where that can be known: it died, and its successor held its events already.
     *
     * @return list<array{string, string}> name and fingerprint, the oldest first
     */
    public function tail(string $server, string $term): array;

    /** Has everything reach its place before anything else is done; false where it could not. */
    public function flush(): bool;
}
