<?php

declare(strict_types=1);

namespace Apn\AmiClient\Cli;

/** A signal interrupted a command that was waiting. */
final class InterruptedException extends \RuntimeException
{
    public function __construct(
        private readonly int $signal,
    ) {
        parent::__construct("ended by signal {$signal}");
    }

    /** The exit code that shells use for a program that a signal ended: 128 plus the signal. */
    public function exitCode(): int
    {
        return 128 + $this->signal;
    }
}
