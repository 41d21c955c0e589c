<?php

declare(strict_types=1);

namespace Apn\AmiClient\Cli;

/** The command line is wrong. The message says how to correct it. */
final class UsageException extends \RuntimeException {}
