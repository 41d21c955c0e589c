<?php

declare(strict_types=1);

namespace Apn\AmiClient\Cli;

use Apn\AmiClient\Exception\ActionErrorResponseException;
use Apn\AmiClient\GenericAction;
use Apn\AmiClient\Response;

/** ami send: one action, its answer printed. */
final readonly class SendCommand implements Command
{
    public function usage(): string
    {
        return 'SERVER ACTION [HEADER=VALUE]... [--json] [--timeout=SECONDS] [--config=FILE]';
    }

    public function help(): array
    {
        return [
            'Sends one action and prints its answer, lists and all. Of Command it prints what the console would.',
            '',
            '  HEADER=VALUE       a header of the action; repeats it where given again',
            '  --json             one object: response, events, complete',
            '  --timeout=SECONDS  for the connection and for the answer, 30 where left out',
            '  --config=FILE      where the servers are, see ami --help',
            '',
            'examples: ami send pbx1 QueueStatus Queue=support',
            '          ami send pbx1 Command Command=\'core show channels\'',
            '          ami send pbx1 CoreShowChannels --json | jq -r \'.events[].channel\'',
        ];
    }

    public function options(): array
    {
        return ['json' => false, 'timeout' => true, 'config' => true];
    }

    public function run(Arguments $arguments, Console $console): int
    {
        $action = self::action($arguments->words);
        $timeout = $arguments->seconds('timeout', default: 30.0);
        $manager = $console->manager($arguments);
        try {
            $server = $manager->server($arguments->words[0])->open(wait: $timeout);
            $response = $server->send($action)->await($timeout);
            self::show($response, $arguments->has('json'), $console);

            return 0;
        } catch (ActionErrorResponseException $error) {
            self::show($error->response, $arguments->has('json'), $console);

            return 1;
        } finally {
            $manager->terminate();
        }
    }

    /**
     * @param list<string> $words server, action and HEADER=VALUE, which repeats a header where it comes again
     *
     * @throws UsageException
     */
    public static function action(array $words): GenericAction
    {
        if (count($words) < 2) {
            throw new UsageException('a server and an action are needed');
        }
        $parameters = [];
        foreach (array_slice($words, 2) as $word) {
            $parts = explode('=', $word, limit: 2);
            if (!isset($parts[1]) || $parts[0] === '') {
                throw new UsageException("{$word} is not HEADER=VALUE");
            }
            $parameters[$parts[0]][] = $parts[1];
        }

        return new GenericAction($words[1], array_map(static fn(array $values): array|string => count($values) === 1
            ? $values[0]
            : $values, $parameters));
    }

    private static function show(Response $response, bool $isJson, Console $console): void
    {
        $complete = $response->getCompleteEvent();
        if ($isJson) {
            $console->json([
                'response' => $console->values($response),
                'events' => array_map($console->values(...), $response->getEvents()),
                'complete' => $complete === null ? null : $console->values($complete),
            ]);

            return;
        }
        $output = $response->getOutput();
        if ($output !== null) {
            $console->output($output);

            return;
        }
        $messages = [$response, ...$response->getEvents(), ...($complete === null ? [] : [$complete])];
        array_walk($messages, $console->message(...));
    }
}
