<?php

declare(strict_types=1);

namespace Apn\AmiClient\Laravel\Console;

use Apn\AmiClient\Laravel\Records\Records;
use Symfony\Component\Console\Attribute\AsCommand;

#[AsCommand(name: 'ami:continue')]
final class ContinueCommand extends AmiCommand
{
    protected $signature = 'ami:continue {worker?* : The ids of the workers, as ami:status shows them (default: all)}';

    protected $description = 'Continue the workers after ami:pause';

    public function handle(Records $records): int
    {
        return $this->askWorkers($records, 'continue', 'will be continued within a second');
    }
}
