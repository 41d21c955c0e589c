<?php

declare(strict_types=1);

namespace Apn\AmiClient\Cli;

use Apn\AmiClient\Exception\AmiThrowable;
use Apn\AmiClient\Exception\InvalidActionException;
use Apn\AmiClient\Exception\InvalidConfigurationException;
use Apn\AmiClient\Exception\UnknownServerException;

/** bin/ami: runs a command, and converts exceptions to a message and an exit code. */
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
        $commands = [
            'status' => new StatusCommand(),
            'live' => new LiveCommand(),
            'listen' => new ListenCommand(),
            'send' => new SendCommand(),
            'console' => new ConsoleCommand(),
            'call' => new CallCommand(),
            'actions' => new ActionsCommand(),
            'fake' => new FakeCommand(),
        ];
        $this->commands = [...$commands, 'completion' => new CompletionCommand($commands)];
    }

    /** @param list<string> $arguments without the program's name */
    public function run(array $arguments): int
    {
        $name = array_shift($arguments) ?? 'help';
        if ($name === 'help' && isset($arguments[0])) {
            return $this->helpWith($arguments[0]);
        }
        if (in_array($name, ['help', '--help', '-h'], strict: true)) {
            $this->print(self::HELP);

            return self::DONE;
        }
        if ($name === '--version' || $name === '-V') {
            $this->console->line('ami_client ' . phpversion('ami_client'));

            return self::DONE;
        }
        $command = $this->commands[$name] ?? null;
        if ($command === null) {
            $this->console->error(
                str_starts_with($name, '-')
                    ? "ami: a command comes first, and options such as {$name} after it: commands are {$this->known()}; see ami --help"
                    : "ami: there is no command {$name}: known are {$this->known()}; see ami --help",
            );

            return self::MISUSED;
        }
        $end = array_search('--', $arguments, strict: true);
        $options = $end === false ? $arguments : array_slice($arguments, 0, (int) $end);
        if (array_intersect(['--help', '-h'], $options) !== []) {
            return $this->helpWith($name);
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
            $this->console->error("usage: ami {$name} {$command->usage()}; see ami help {$name}");

            return $command->misuseCode();
        } catch (InterruptedException $error) {
            return $error->exitCode();
        } catch (InvalidConfigurationException|InvalidActionException|UnknownServerException $error) {
            $this->console->error("ami {$name}: {$error->getMessage()}");

            return $command->misuseCode();
        } catch (AmiThrowable|\RuntimeException $error) {
            $this->console->error("ami {$name}: {$error->getMessage()}");

            return self::FAILED;
        }
    }

    /** Prints the help of a command or of an AMI action. */
    private function helpWith(string $name): int
    {
        $command = $this->commands[$name] ?? null;
        if ($command !== null) {
            $this->print(["usage: ami {$name} {$command->usage()}", '', ...$command->help()]);

            return self::DONE;
        }
        $action = Reference::find($name);
        if ($action !== null) {
            $this->print($action->lines());

            return self::DONE;
        }
        $this->console->error("ami: there is no command and no action {$name}: commands are {$this->known()};");
        $this->console->error('for actions see ami actions WORD');

        return self::MISUSED;
    }

    private function known(): string
    {
        return implode(', ', array_keys($this->commands));
    }

    /** @param list<string> $lines */
    private function print(array $lines): void
    {
        foreach ($lines as $line) {
            $this->console->line($line);
        }
    }

    private const array HELP = [
        'usage: ami COMMAND [ARGUMENT]...',
        '',
        '  ami status [SERVER]...                    how each server does',
        '  ami live [SERVER]... [--queues]           calls and queues as they change',
        '  ami listen [SERVER]... [--event=NAME]     events as they come',
        '  ami send [SERVER] ACTION [HEADER=VALUE]   an action, and its answer',
        '  ami console [SERVER] COMMAND...           a command of Asterisk\'s console',
        '  ami call [SERVER] CHANNEL EXTEN@CONTEXT   a call, and what became of it',
        '  ami actions [WORD]...                     finds an action',
        '  ami help COMMAND|ACTION                   what it does, and all it takes',
        '  ami fake [--replay=FILE]                  a server that plays a recording',
        '  ami completion                            completion for bash',
        '',
        'SERVER is a key of the configuration. It may be left out where only one is',
        'known; all stands for each of them.',
        '',
        'Servers come from --config=FILE or AMI_CONFIG, a PHP file that returns the array',
        'of AmiClientManager::fromConfig(), or from the environment, one server:',
        '',
        '  AMI_DSN          ami://user:secret@host:port, or amis:// for TLS',
        '  AMI_HOST, AMI_PORT (5038), AMI_USERNAME',
        '  AMI_SECRET       or AMI_SECRET_FILE, the file that has it',
        '  AMI_TLS_CA       a file of certificates; turns TLS on',
        '  AMI_SERVER       its key here, "default" if left out',
        '',
        'A secret is never taken from the command line, which every process can read.',
        'Colours are for terminals; NO_COLOR=1 turns them off.',
        '',
        'Exit codes: 0 done, 1 failed or refused, 2 misused; ami call has its own.',
    ];
}
