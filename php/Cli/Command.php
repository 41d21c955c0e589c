<?php

declare(strict_types=1);

namespace Apn\AmiClient\Cli;

/** One command of bin/ami. */
interface Command
{
    /** The arguments, as the help shows them after the command's name. */
    public function usage(): string;

    /** @return list<string> lines that describe the command and its options */
    public function help(): array;

    /** @return array<string, bool> options by name; true if the option takes a value */
    public function options(): array;

    /** The exit code for a wrong command line or configuration. */
    public function misuseCode(): int;

    /**
     * @return int the exit code; 0 means success
     *
     * @throws UsageException
     */
    public function run(Arguments $arguments, Console $console): int;
}
