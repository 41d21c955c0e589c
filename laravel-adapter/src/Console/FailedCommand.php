<?php

declare(strict_types=1);

namespace Apn\AmiClient\Laravel\Console;

use Apn\AmiClient\Laravel\Bridge\DeadLetters;
use Illuminate\Support\Str;
use Symfony\Component\Console\Attribute\AsCommand;

#[AsCommand(name: 'ami:failed')]
final class FailedCommand extends AmiCommand
{
    private const int ERROR_LENGTH = 100;

    protected $signature = 'ami:failed {--limit=100 : Oldest dead letters to show}';

    protected $description = 'List the events that consumers could not handle';

    public function handle(DeadLetters $deadLetters): int
    {
        $letters = $deadLetters->all($this->whole('limit'));
        if ($letters === []) {
            $this->components->info('There are no dead letters.');

            return self::SUCCESS;
        }
        $this->table(
            ['id', 'event', 'server', 'group', 'deliveries', 'error'],
            array_map(
                static fn(string $id, array $letter): array => [
                    $id,
                    $letter['entry']?->kind === 'event'
                        ? $letter['entry']->event()->name
                        : $letter['entry']?->kind ?? 'unknown',
                    $letter['entry']?->server,
                    $letter['group'],
                    $letter['deliveries'],
                    Str::limit(Str::squish($letter['error']), self::ERROR_LENGTH),
                ],
                array_keys($letters),
                $letters,
            ),
        );

        return self::SUCCESS;
    }
}
