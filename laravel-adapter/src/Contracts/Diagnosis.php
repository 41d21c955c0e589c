<?php

declare(strict_types=1);

namespace Apn\AmiClient\Laravel\Contracts;

use Closure;

/** What commands show beside the records of the workers. */
interface Diagnosis
{
    /** @return array<string, Closure(): string> checks of `ami:doctor`, by what is checked: what was found; what is thrown is what is wrong */
    public function checks(): array;

    /**
     * @param list<string> $servers
     *
     * @return array<string, array{owner: ?string, last_owner: ?string, fence: int, last_seen: float}> by server, where it is known
     */
    public function owners(array $servers): array;

    /** @return array<string, array{process: ?string, behind: int, lost: int, lost_at: ?float}> the readers of the stream, by name */
    public function readers(): array;
}
