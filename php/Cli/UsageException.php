<?php

declare(strict_types=1);

namespace Apn\AmiClient\Cli;

/** The command line is wrong; the message says how to put it right. */
final class UsageException extends \RuntimeException {}
