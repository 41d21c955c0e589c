<?php

declare(strict_types=1);

namespace Apn\AmiClient\Cli;

use Apn\AmiClient\Recording\ReplayServer;

/** ami fake: runs a server on loopback that plays a recording of `ami listen --record`. */
final readonly class FakeCommand implements Command
{
    private const float WAIT = 0.25;

    public function usage(): string
    {
        return '[OPTION]...';
    }

    public function help(): array
    {
        return [
            'A server on 127.0.0.1 that plays a recording of `ami listen --record`: its',
            'events, at the pace at which they came, from the first login on. Without a',
            'recording it takes logins, Ping, Events and Logoff. It says where it listens,',
            'and ends by a signal.',
            '',
            '  --port=N       a free one if left out',
            '  --replay=FILE  the recording',
            '  --server=KEY   of the servers in the recording, play this one only',
            '',
            'AMI_FAKE_SECRET is the secret asked of clients; without it any is taken.',
            '',
            'example: ami fake --port=5038 --replay=calls.jsonl',
        ];
    }

    public function options(): array
    {
        return ['port' => true, 'replay' => true, 'server' => true];
    }

    public function misuseCode(): int
    {
        return 2;
    }

    public function run(Arguments $arguments, Console $console): int
    {
        $port = $arguments->option('port') ?? '0';
        if (!ctype_digit($port) || (int) $port > 65_535) {
            throw new UsageException("--port is {$port}, must be 0 to 65535");
        }
        if ($arguments->has('server') && !$arguments->has('replay')) {
            throw new UsageException('--server needs --replay: it names a server of the recording');
        }
        $server = new ReplayServer(
            port: (int) $port,
            file: $arguments->option('replay'),
            server: $arguments->option('server'),
            secret: $console->environment['AMI_FAKE_SECRET'] ?? null,
        );
        $console->line("listening on {$server->address()}");
        while ($console->goesOn()) {
            $server->step(self::WAIT);
        }
        $server->close();

        return 0;
    }
}
