<?php

declare(strict_types=1);

namespace Apn\AmiClient\Laravel\Cluster\Console;

use Apn\AmiClient\Laravel\Console\AmiCommand;
use Apn\AmiClient\Laravel\Records\Records;
use Symfony\Component\Console\Attribute\AsCommand;

#[AsCommand(name: 'ami:drain')]
final class DrainCommand extends AmiCommand
{
    protected $signature = 'ami:drain
        {worker : The id of the worker, as ami:status shows it}
        {--timeout=60 : The number of seconds it may take}';

    protected $description = 'Stop a worker after it has handed its servers over to the others';

    public function handle(Records $records): int
    {
        $worker = (string) $this->argument('worker');
        $timeout = $this->seconds('timeout');
        if ($this->askWorkers($records, 'drain', 'hands its servers over') !== self::SUCCESS) {
            return self::FAILURE;
        }
        $seconds = self::until(static fn(): bool => !isset($records->workers()[$worker]), $timeout);
        if ($seconds === null) {
            return $this->failed("$worker is still running after $timeout s. Its log has the reason.");
        }
        $this->components->info(sprintf('%s has ended after %.1f s.', $worker, $seconds));

        return self::SUCCESS;
    }
}
