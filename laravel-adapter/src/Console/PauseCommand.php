<?php

declare(strict_types=1);

namespace Apn\AmiClient\Laravel\Console;

use Apn\AmiClient\Laravel\Records\Records;
use Symfony\Component\Console\Attribute\AsCommand;

#[AsCommand(name: 'ami:pause')]
final class PauseCommand extends AmiCommand
{
    protected $signature = 'ami:pause {worker?* : The ids of the workers, as ami:status shows them (default: all)}';

    protected $description = 'Pause the workers: their sessions stay, and their events wait';

    public function handle(Records $records): int
    {
        return $this->askWorkers($records, 'pause', 'will be paused within a second');
    }
}
