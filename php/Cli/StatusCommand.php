<?php

declare(strict_types=1);

namespace Apn\AmiClient\Cli;

use Apn\AmiClient\Actions\CoreSettings;
use Apn\AmiClient\Actions\CoreStatus;
use Apn\AmiClient\Actions\Ping;
use Apn\AmiClient\AmiClientManager;
use Apn\AmiClient\Exception\AmiException;
use Apn\AmiClient\Pending;
use Apn\AmiClient\Recording\Headers;
use Apn\AmiClient\Response;

/** ami status: connects to every server and prints its state. Exits with 1 if a server is not ready. */
final readonly class StatusCommand implements Command
{
    public function usage(): string
    {
        return '[SERVER]... [OPTION]...';
    }

    public function help(): array
    {
        return [
            'Connects to the servers named, or to all, and tells how each does: its state,',
            'its version, how long a Ping took, how many calls there are, and what is wrong.',
            'Exits with 1 where one is not ready. Version and calls need read or write class',
            'system or reporting; "-" where the account has neither.',
            '',
            '  --json             all that AmiClientManager::health() says, by server, and',
            '                     version, ping (in seconds) and calls',
            '  --timeout=SECONDS  how long they have to be ready, 10 if left out',
            '  --config=FILE      where the servers are, see ami --help',
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
        $timeout = $arguments->seconds('timeout', default: 10.0);
        $manager = $console->manager($arguments);
        $connections = new Connections($manager, $console);
        $keys = $arguments->words;
        if ($keys === [] || $keys === [Connections::ALL]) {
            $keys = $manager->serverKeys();
        }
        $failed = $connections->open($keys, $timeout);
        $pings = $this->pings($manager, $keys, $timeout);
        $versions = $this->ask($manager, $keys, new CoreSettings(), 'AsteriskVersion', $timeout);
        $calls = $this->ask($manager, $keys, new CoreStatus(), 'CoreCurrentCalls', $timeout);
        $health = array_intersect_key($manager->health(), array_flip($keys));
        if ($arguments->has('json')) {
            $all = [];
            foreach ($health as $key => $server) {
                $all[$key] = [
                    ...$server->jsonSerialize(),
                    'version' => $versions[$key] ?? null,
                    'ping' => $pings[$key] ?? null,
                    'calls' => isset($calls[$key]) ? (int) $calls[$key] : null,
                ];
            }
            $console->json($all);
        } else {
            $table = new Table(['server', 'state', 'circuit', 'version', 'ping', 'calls', 'reason']);
            foreach ($health as $key => $server) {
                $table->add(new Headers([
                    ['server', $key],
                    ['state', $server->state->value],
                    ['circuit', $server->circuit->value],
                    ['version', $versions[$key] ?? ''],
                    ['ping', isset($pings[$key]) ? sprintf('%.1f ms', 1_000 * $pings[$key]) : ''],
                    ['calls', $calls[$key] ?? ''],
                    ['reason', $failed[$key] ?? ''],
                ]));
            }
            foreach ($table->lines(null) as $line) {
                $console->line(...$line);
            }
        }
        $manager->terminate();

        return $failed === [] ? 0 : 1;
    }

    /**
     * @param list<string> $keys
     *
     * @return array<string, float> seconds by server
     */
    private function pings(AmiClientManager $manager, array $keys, float $timeout): array
    {
        $seconds = [];
        foreach ($keys as $key) {
            if (!$manager->server($key)->isReady()) {
                continue;
            }
            $began = hrtime(true);
            if (self::answer($manager->server($key)->send(new Ping()), $timeout) !== null) {
                $seconds[$key] = (hrtime(true) - $began) / 1e9;
            }
        }

        return $seconds;
    }

    /**
     * @param list<string> $keys
     *
     * @return array<string, string> the header by server; without servers that do not answer
     */
    private function ask(
        AmiClientManager $manager,
        array $keys,
        CoreSettings|CoreStatus $action,
        string $header,
        float $timeout,
    ): array {
        $ready = array_values(array_filter($keys, static fn(string $key): bool => $manager->server($key)->isReady()));
        $values = [];
        foreach ($manager->sendAll($action, $ready) as $key => $pending) {
            $value = self::answer($pending, $timeout)?->get($header);
            if ($value !== null) {
                $values[$key] = $value;
            }
        }

        return $values;
    }

    /** The answer. Null if the account is not permitted or no answer comes, since the values are only informative. */
    private static function answer(Pending $pending, float $timeout): ?Response
    {
        try {
            return $pending->await($timeout);
        } catch (AmiException) {
            return null;
        }
    }
}
