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
        {--rolling : One worker after the other, each with another one in its place before the next}
        {--timeout=60 : Seconds that one worker may take, with --rolling}';

    protected $description = 'Have the workers of ami:listen end, for their supervisor to start anew';

    public function handle(Records $records): int
    {
        if (!$this->option('rolling')) {
            $records->askToRestart();
            $this->components->info('The workers end within seconds; their supervisor starts them anew.');

            return self::SUCCESS;
        }
        $timeout = $this->seconds('timeout');
        $workers = array_keys($records->workers());
        if ($workers === []) {
            $this->components->error('No worker is alive: start php artisan ami:listen.');

            return self::FAILURE;
        }
        foreach ($workers as $worker) {
            $began = Worker::now();
            $records->askToDrain($worker);
            if (!$this->isReplaced($records, $worker, count($workers), $began + $timeout)) {
                $this->components->error(
                    "$worker was not replaced within $timeout s: the others go on as they are. Does a supervisor start workers anew?",
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
