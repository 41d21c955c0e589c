<?php

declare(strict_types=1);

namespace Apn\AmiClient\Cli;

use Apn\AmiClient\Actions\Command as CommandAction;

/** ami console: runs a command of Asterisk's console, as `asterisk -rx` does. */
final readonly class ConsoleCommand implements Command
{
    public function usage(): string
    {
        return '[SERVER] COMMAND... [OPTION]...';
    }

    public function help(): array
    {
        return [
            'Runs a command of Asterisk\'s console and prints what it prints. The account',
            'needs write class command.',
            '',
            '  SERVER             may be left out where one is known; all runs it on each',
            '  COMMAND...         the words of the command; after -- they may begin with --',
            '  --json             an object for each server: server, response, events,',
            '                     complete',
            '  --timeout=SECONDS  for the connection, and for the answer; 30 if left out',
            '  --config=FILE      where the servers are, see ami --help',
            '',
            'Exits with 1 where a server refuses the command, or is not there. Asterisk',
            'tells most mistakes by text only.',
            '',
            'examples: ami console pbx1 core show channels',
            '          ami console all core show version',
        ];
    }

    public function options(): array
    {
        return ['json' => false, 'timeout' => true, 'config' => true];
    }

    public function misuseCode(): int
    {
        return 2;
    }

    public function run(Arguments $arguments, Console $console): int
    {
        $timeout = $arguments->seconds('timeout', default: 30.0);
        $manager = $console->manager($arguments);
        $connections = new Connections($manager, $console);
        [$keys, $words] = $connections->chosen($arguments->words);
        if ($words === []) {
            throw new UsageException('a command is needed, such as: ami console core show channels');
        }
        $action = new CommandAction(implode(' ', $words));
        $answers = new Answers($console, isJson: $arguments->has('json'));

        return new Sending($manager, $connections, $console)->send($action, $keys, $timeout, $answers) ? 0 : 1;
    }
}
