<?php

declare(strict_types=1);

namespace Apn\AmiClient\Cli;

use Apn\AmiClient\Exception\AmiThrowable;

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
        if (in_array($name, ['help', '--help', '-h'], strict: true)) {
            $this->help();

            return self::DONE;
        }
        $command = $this->commands[$name] ?? null;
        if ($command === null) {
            $this->console->error("ami {$name}: there are only " . implode(', ', array_keys($this->commands)));

            return self::MISUSED;
        }
        try {
            return $command->run(Arguments::parse($arguments, $command->options()), $this->console);
        } catch (UsageException $error) {
            $this->console->error("ami {$name}: {$error->getMessage()}\nusage: ami {$name} {$command->usage()}");

            return self::MISUSED;
        } catch (AmiThrowable|\RuntimeException $error) {
            $this->console->error("ami {$name}: {$error->getMessage()}");

            return self::FAILED;
        }
    }

    private function help(): void
    {
        foreach ($this->commands as $name => $command) {
            $this->console->line("ami {$name} {$command->usage()}");
        }
        foreach (self::HELP as $line) {
            $this->console->line($line);
        }
    }

    private const array HELP = [
        '',
        'Servers come from --config=FILE or AMI_CONFIG, a PHP file that returns the array of config/ami.php,',
        'or from AMI_HOST, AMI_PORT, AMI_USERNAME, AMI_SECRET or AMI_SECRET_FILE, AMI_TLS_CA and AMI_SERVER.',
        'Exit codes: 0 done, 1 not, 2 misused.',
    ];
}
