<?php

declare(strict_types=1);

namespace Apn\AmiClient\Cli;

use Apn\AmiClient\Exception\AmiThrowable;
use Apn\AmiClient\Exception\InvalidActionException;
use Apn\AmiClient\Exception\InvalidConfigurationException;
use Apn\AmiClient\Exception\UnknownServerException;

/** bin/ami: finds the command and turns what goes wrong into a message and an exit code. */
final readonly class Application
{
    private const int DONE = 0;
    private const int FAILED = 1;
    private const int MISUSED = 2;

    /** @var array<string, Command> */
    private array $commands;

    public function __construct(
        private Console $console,
    ) {
        $this->commands = [
            'send' => new SendCommand(),
            'listen' => new ListenCommand(),
            'status' => new StatusCommand(),
            'fake' => new FakeCommand(),
        ];
    }

    /** @param list<string> $arguments without the program's name */
    public function run(array $arguments): int
    {
        $name = array_shift($arguments) ?? 'help';
        if ($name === 'help' && isset($arguments[0])) {
            [$name, $arguments] = [$arguments[0], ['--help']];
        }
        if (in_array($name, ['help', '--help', '-h'], strict: true)) {
            $this->help();

            return self::DONE;
        }
        if ($name === '--version' || $name === '-V') {
            $this->console->line('ami_client ' . phpversion('ami_client'));

            return self::DONE;
        }
        $command = $this->commands[$name] ?? null;
        if ($command === null) {
            $known = implode(', ', array_keys($this->commands));
            $this->console->error("ami: there is no command {$name}: known are {$known}; see ami --help");

            return self::MISUSED;
        }
        if (array_intersect(['--help', '-h'], $arguments) !== []) {
            $this->helpOf($name, $command);

            return self::DONE;
        }

        return $this->command($name, $command, $arguments);
    }

    /** @param list<string> $arguments */
    private function command(string $name, Command $command, array $arguments): int
    {
        try {
            return $command->run(Arguments::parse($arguments, $command->options()), $this->console);
        } catch (UsageException $error) {
            $this->console->error("ami {$name}: {$error->getMessage()}");
            $this->console->error("usage: ami {$name} {$command->usage()}");

            return self::MISUSED;
        } catch (InterruptedException $error) {
            return $error->exitCode();
        } catch (InvalidConfigurationException|InvalidActionException|UnknownServerException $error) {
            $this->console->error("ami {$name}: {$error->getMessage()}");

            return self::MISUSED;
        } catch (AmiThrowable|\RuntimeException $error) {
            $this->console->error("ami {$name}: {$error->getMessage()}");

            return self::FAILED;
        }
    }

    private function helpOf(string $name, Command $command): void
    {
        $this->console->line("usage: ami {$name} {$command->usage()}");
        $this->console->line('');
        foreach ($command->help() as $line) {
            $this->console->line($line);
        }
    }

    private function help(): void
    {
        $this->console->line('usage: ami COMMAND [ARGUMENT]...');
        $this->console->line('');
        foreach ($this->commands as $name => $command) {
            $this->console->line("  ami {$name} {$command->usage()}");
        }
        foreach (self::HELP as $line) {
            $this->console->line($line);
        }
    }

    private const array HELP = [
        '',
        'ami COMMAND --help says what a command does.',
        '',
        'Servers come from --config=FILE or AMI_CONFIG, a PHP file that returns the array of AmiClientManager::fromConfig(),',
        'or from the environment, one server: AMI_HOST, AMI_PORT (5038), AMI_USERNAME, AMI_SECRET or AMI_SECRET_FILE,',
        'AMI_TLS_CA (a file; turns TLS on), AMI_SERVER (its name here, "default" where left out).',
        'A secret is never taken from the command line.',
        '',
        'Exit codes: 0 done, 1 failed or refused, 2 misused.',
    ];
}
