<?php

declare(strict_types=1);

namespace Apn\AmiClient\Cli;

use Apn\AmiClient\ConnectionState;
use Apn\AmiClient\DisconnectReason;
use Apn\AmiClient\ServerHealth;

/** ami status: connects to every server and tells how each does. Exits 1 where one is not ready. */
final readonly class StatusCommand implements Command
{
    public function usage(): string
    {
        return '[--json] [--timeout=SECONDS] [--config=FILE]';
    }

    public function help(): array
    {
        return [
            'Connects to every server and tells how each does: a line each, or an object with --json. Exits with 1 where one is not ready.',
            '',
            '  --json             all that AmiClientManager::health() says, by server',
            '  --timeout=SECONDS  how long they have to be ready, 10 where left out',
            '  --config=FILE      where the servers are, see ami --help',
        ];
    }

    public function options(): array
    {
        return ['json' => false, 'timeout' => true, 'config' => true];
    }

    public function run(Arguments $arguments, Console $console): int
    {
        if ($arguments->words !== []) {
            throw new UsageException("{$arguments->words[0]}: it tells of all servers and takes no word");
        }
        $timeout = $arguments->seconds('timeout', default: 10.0);
        $manager = $console->manager($arguments);
        $details = [];
        $manager->onStateChange(static function (
            string $server,
            ConnectionState $from,
            ConnectionState $to,
            ?DisconnectReason $reason,
            string $detail,
        ) use (&$details): void {
            $details[$server] = $detail;
        });
        $failed = $manager->connectAll(wait: $timeout);
        $health = $manager->health();
        if ($arguments->has('json')) {
            $console->json($health);
        } else {
            foreach ($health as $key => $server) {
                $console->line(self::row($server, $details[$key] ?? ''));
            }
        }
        $manager->terminate();

        return $failed === [] ? 0 : 1;
    }

    private static function row(ServerHealth $server, string $detail): string
    {
        $why = match (true) {
            $server->isReady() => '',
            $server->lastDisconnect === null => 'no answer',
            default => rtrim("{$server->lastDisconnect->value}: {$detail}", ': '),
        };

        return rtrim(sprintf(
            '%-32s %-14s circuit %-9s %s',
            $server->serverKey,
            $server->state->value,
            $server->circuit->value,
            $why,
        ));
    }
}
