<?php

declare(strict_types=1);

namespace Apn\AmiClient\Cli;

/** A signal came while a command waited. */
final class InterruptedException extends \RuntimeException
{
    public function __construct(
        private readonly int $signal,
    ) {
        parent::__construct("ended by signal {$signal}");
    }

    /** What shells give to a program that a signal ended. */
    public function exitCode(): int
    {
        return 128 + $this->signal;
    }
}
