<?php

declare(strict_types=1);

namespace Apn\AmiClient\Cli;

/** One command of bin/ami. */
interface Command
{
    /** What the help shows after the command's name. */
    public function usage(): string;

    /** @return list<string> lines that say what the command does and what its options mean */
    public function help(): array;

    /** @return array<string, bool> options, true where one takes a value */
    public function options(): array;

    /** The exit code that says that the command line or the configuration is wrong. */
    public function misuseCode(): int;

    /**
     * @return int exit code: 0 done
     *
     * @throws UsageException
     */
    public function run(Arguments $arguments, Console $console): int;
}
