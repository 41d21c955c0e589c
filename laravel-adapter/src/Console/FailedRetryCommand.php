<?php

declare(strict_types=1);

namespace Apn\AmiClient\Laravel\Console;

use Apn\AmiClient\Laravel\Bridge\DeadLetters;
use Apn\AmiClient\Laravel\Bridge\EntryDispatcher;
use Symfony\Component\Console\Attribute\AsCommand;
use Throwable;

#[AsCommand(name: 'ami:failed:retry')]
final class FailedRetryCommand extends AmiCommand
{
    protected $signature = 'ami:failed:retry {id* : Ids as ami:failed shows them, or "all"}';

    protected $description = 'Dispatch dead letters once more, in this process';

    public function handle(DeadLetters $deadLetters, EntryDispatcher $dispatcher): int
    {
        $letters = $deadLetters->all();
        $ids = (array) $this->argument('id');
        $isOk = true;
        foreach ($ids === ['all'] ? array_keys($letters) : $ids as $id) {
            $entry = $letters[$id]['entry'] ?? null;
            if ($entry === null) {
                $this->components->error(
                    "$id: " . (isset($letters[$id]) ? 'it is no entry of the bridge' : 'there is no such dead letter'),
                );
                $isOk = false;
                continue;
            }
            try {
                $dispatcher->dispatch($entry);
                $deadLetters->forget($id);
                $this->components->twoColumnDetail($id, 'done');
            } catch (Throwable $error) {
                report($error);
                $this->components->twoColumnDetail($id, "failed again: {$error->getMessage()}");
                $isOk = false;
            }
        }

        return $isOk ? self::SUCCESS : self::FAILURE;
    }
}
