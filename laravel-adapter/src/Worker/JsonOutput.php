<?php

declare(strict_types=1);

namespace Apn\AmiClient\Laravel\Worker;

use DateTimeImmutable;
use Symfony\Component\Console\Output\OutputInterface;

/** One JSON object a line, for log collectors and pipes. */
final class JsonOutput extends Output
{
    public const int FLAGS =
        JSON_INVALID_UTF8_SUBSTITUTE | JSON_UNESCAPED_SLASHES | JSON_UNESCAPED_UNICODE | JSON_THROW_ON_ERROR;

    public function __construct(
        private readonly OutputInterface $output,
    ) {}

    protected function line(string $level, string $type, string $text, array $fields): void
    {
        $at = new DateTimeImmutable()->format('Y-m-d\TH:i:s.uP');
        $json = json_encode(['level' => $level, 'type' => $type, 'timestamp' => $at, ...$fields], self::FLAGS);
        $this->output->writeln((string) $json, OutputInterface::OUTPUT_RAW);
    }
}
