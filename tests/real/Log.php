<?php

declare(strict_types=1);

namespace Apn\AmiClient\Tests\Real;

use Psr\Log\AbstractLogger;

/** A logger that keeps its records. */
final class Log extends AbstractLogger
{
    /** @var list<array{level: string, message: string, context: array<array-key, mixed>}> */
    public private(set) array $records = [];

    #[\Override]
    public function log($level, string|\Stringable $message, array $context = []): void
    {
        $this->records[] = ['level' => (string) $level, 'message' => (string) $message, 'context' => $context];
    }
}
