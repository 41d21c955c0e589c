<?php

declare(strict_types=1);

namespace Apn\AmiClient\Laravel\Worker;

use Apn\AmiClient\Laravel\Events\AmiGap;
use Apn\AmiClient\Laravel\Routing\Route;

/** A place where a worker's events go. */
interface Sink
{
    /** @return list<Route> */
    public function routes(): array;

    /** @param string $term under which the server is held */
    public function gap(AmiGap $gap, string $term): void;

    /** Writes everything that still waits; false where it could not. */
    public function flush(): bool;

    /** @return array<string, array{waiting: int, written: int, dropped: int, refused: int, away: bool}> by name */
    public function status(): array;
}
