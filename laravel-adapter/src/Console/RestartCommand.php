<?php

declare(strict_types=1);

namespace Apn\AmiClient\Laravel\Console;

use Apn\AmiClient\Laravel\Records\Records;
use Apn\AmiClient\Laravel\Worker\Worker;
use Symfony\Component\Console\Attribute\AsCommand;

#[AsCommand(name: 'ami:restart')]
final class RestartCommand extends AmiCommand
{
    private const int POLL_US = 200_000;

    protected $signature = 'ami:restart
        {--rolling : Restart one worker after the other, so that no event is missing}
        {--timeout=60 : The number of seconds each worker may take, with --rolling}';

    protected $description = 'Restart the workers and readers: they end, and their supervisor starts them again';

    public function handle(Records $records): int
    {
        // Readers continue where they stopped, so they can all restart at once.
        $records->askToRestart('readers');
        if (!$this->option('rolling')) {
            $records->askToRestart();
            $this->components->info('Broadcasting restart signal: workers and readers end within seconds.');

            return self::SUCCESS;
        }
        $timeout = $this->seconds('timeout');
        $workers = array_keys($records->workers());
        if ($workers === []) {
            return $this->noWorker();
        }
        foreach ($workers as $worker) {
            $began = Worker::now();
            $records->ask($worker, 'drain');
            if (!$this->isReplaced($records, $worker, count($workers), $began + $timeout)) {
                $this->components->error(
                    "$worker was not replaced within $timeout s, so the others were left as they are. Does a supervisor restart the workers?",
                );

                return self::FAILURE;
            }
            $this->components->twoColumnDetail($worker, sprintf('replaced after %.1f s', Worker::now() - $began));
        }

        return self::SUCCESS;
    }

    private function isReplaced(Records $records, string $worker, int $count, float $until): bool
    {
        while (Worker::now() < $until) {
            $alive = $records->workers();
            if (!isset($alive[$worker]) && count($alive) >= $count) {
                return true;
            }
            usleep(self::POLL_US);
        }

        return false;
    }
}
