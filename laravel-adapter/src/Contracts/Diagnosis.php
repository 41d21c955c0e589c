<?php

declare(strict_types=1);

namespace Apn\AmiClient\Laravel\Contracts;

use Closure;

/** Checks that `ami:doctor` runs beside its own. */
interface Diagnosis
{
    /** @return array<string, Closure(): string> by what is checked: what was found; what is thrown is what is wrong */
    public function checks(): array;
}
