<?php

declare(strict_types=1);

namespace Apn\AmiClient\Cli;

use Apn\AmiClient\AmiClientManager;
use Apn\AmiClient\GenericAction;

/** ami send: sends one action and prints its answer. */
final readonly class SendCommand implements Command
{
    public function usage(): string
    {
        return '[SERVER] ACTION [HEADER=VALUE]... [OPTION]...';
    }

    public function help(): array
    {
        return [
            'Sends an action and prints its answer: a list as a table, output of Command as',
            'the console would print it, anything else as Asterisk wrote it.',
            '',
            '  SERVER             may be left out where one is known; all sends it to each',
            '  HEADER=VALUE       a header of the action; given again, it is sent twice',
            '  --fields=A,B       of a list, these headers only, in this order',
            '  --full             a list as Asterisk wrote it, too',
            '  --json             an object for each server: server, response, events,',
            '                     complete',
            '  --timeout=SECONDS  for the connection, and for the answer; 30 if left out',
            '  --config=FILE      where the servers are, see ami --help',
            '',
            'Exits with 1 where a server refuses the action, or is not there.',
            '',
            'examples: ami send QueueStatus Queue=support --fields=Name,Status,Paused',
            '          ami send pbx1 CoreShowChannels --json | jq -r \'.events[].channel\'',
            '          ami send all Reload Module=app_queue',
            'see also: ami actions WORD, ami help ACTION, ami console, ami call',
        ];
    }

    public function options(): array
    {
        return ['fields' => true, 'full' => false, 'json' => false, 'timeout' => true, 'config' => true];
    }

    public function misuseCode(): int
    {
        return 2;
    }

    public function run(Arguments $arguments, Console $console): int
    {
        if ($arguments->words === []) {
            throw new UsageException('an action is needed, such as: ami send Ping');
        }
        $timeout = $arguments->seconds('timeout', default: 30.0);
        $manager = $console->manager($arguments);
        $connections = new Connections($manager, $console);
        [$keys, $words] = self::chosen($connections, $manager, $arguments->words);
        $action = self::action($words);
        $answers = new Answers($console, $arguments->names('fields'), $arguments->has('full'), $arguments->has('json'));

        return new Sending($manager, $connections, $console)->send($action, $keys, $timeout, $answers) ? 0 : 1;
    }

    /**
     * @param list<string> $words action and HEADER=VALUE; giving a header again repeats it
     *
     * @throws UsageException
     */
    public static function action(array $words): GenericAction
    {
        $name = array_shift($words) ?? throw new UsageException('an action is needed, such as: ami send pbx1 Ping');
        $parameters = [];
        foreach ($words as $word) {
            $parts = explode('=', $word, limit: 2);
            if (!isset($parts[1]) || $parts[0] === '') {
                throw new UsageException("{$word} is not HEADER=VALUE");
            }
            $parameters[$parts[0]][] = $parts[1];
        }

        return new GenericAction($name, array_map(static fn(array $values): array|string => count($values) === 1
            ? $values[0]
            : $values, $parameters));
    }

    /**
     * @param list<string> $words
     *
     * @return array{list<string>, list<string>}
     */
    private static function chosen(Connections $connections, AmiClientManager $manager, array $words): array
    {
        [$keys, $rest] = $connections->chosen($words);
        // If there are two words without "=", the first one was meant as a server.
        if ($rest === $words && isset($words[1]) && !str_contains($words[1], '=')) {
            $manager->server($words[0]);
        }

        return [$keys, $rest];
    }
}
