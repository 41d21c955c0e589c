<?php

declare(strict_types=1);

namespace Apn\AmiClient\Laravel\Worker;

/** Whatever decides which servers this worker holds. */
interface Holder extends Duty
{
    /** @return array<string, Feed> */
    public function feeds(): array;

    /** The term under which the server is held; null where it is not. */
    public function term(string $server): ?string;

    /** Gives the servers away before the worker ends; called again until it is true. */
    public function drain(float $now): bool;
}
