<?php

declare(strict_types=1);

namespace Apn\AmiClient\Laravel\Console;

use Apn\AmiClient\Laravel\Records\Records;
use Symfony\Component\Console\Attribute\AsCommand;

#[AsCommand(name: 'ami:restart')]
final class RestartCommand extends AmiCommand
{
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
            $records->ask($worker, 'drain');
            $seconds = self::until(static function () use ($records, $worker, $workers): bool {
                $alive = $records->workers();

                return !isset($alive[$worker]) && count($alive) >= count($workers);
            }, $timeout);
            if ($seconds === null) {
                return $this->failed(
                    "$worker was not replaced within $timeout s, so the others were left as they are. Does a supervisor restart the workers?",
                );
            }
            $this->components->twoColumnDetail($worker, sprintf('replaced after %.1f s', $seconds));
        }

        return self::SUCCESS;
    }
}
