<?php

declare(strict_types=1);

namespace App\Command;

use Apn\AmiClient\AmiClientManager;
use Apn\AmiClient\AmiEvent;
use Apn\AmiClient\Events\EventName;
use Apn\AmiClient\Events\Header;
use Symfony\Component\Console\Attribute\AsCommand;
use Symfony\Component\Console\Command\Command;
use Symfony\Component\Console\Command\SignalableCommandInterface;
use Symfony\Component\Console\Formatter\OutputFormatter;
use Symfony\Component\Console\Input\InputInterface;
use Symfony\Component\Console\Output\OutputInterface;

/** bin/console app:ami-worker, under a supervisor: hears the events until SIGTERM. */
#[AsCommand(name: 'app:ami-worker', description: 'Listens to the PBX')]
final class AmiWorkerCommand extends Command implements SignalableCommandInterface
{
    public function __construct(
        private readonly AmiClientManager $ami,
    ) {
        parent::__construct();
    }

    protected function execute(InputInterface $input, OutputInterface $output): int
    {
        $this->ami->onEvent(EventName::Hangup, static function (AmiEvent $event) use ($output): void {
            // Callers choose names: "<fg=red>" must stay what it is. Dispatch a message here where there is work to do.
            $output->writeln(OutputFormatter::escape("{$event->get(Header::Channel)} hung up"));
        });
        $this->ami->run();
        $this->ami->terminate(grace: 2.0);

        return Command::SUCCESS;
    }

    /** @return list<int> */
    public function getSubscribedSignals(): array
    {
        return [SIGTERM, SIGINT];
    }

    public function handleSignal(int $signal, int|false $previousExitCode = 0): int|false
    {
        $this->ami->stop();

        // run() ends, and the command with it.
        return false;
    }
}
