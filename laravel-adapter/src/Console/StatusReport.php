<?php

declare(strict_types=1);

namespace Apn\AmiClient\Laravel\Console;

use Apn\AmiClient\Laravel\Config\ServerSource;
use Apn\AmiClient\Laravel\Config\Settings;
use Apn\AmiClient\Laravel\Records\Records;

/** Everything that `ami:status` shows. */
final readonly class StatusReport
{
    public const int FINE = 0;
    public const int NO_WORKER = 2;
    public const int DEGRADED = 3;
    private const int NEWS_SECONDS = 3_600;
    /** Part of `cluster.lease` after which a worker that does not renew loses its servers. */
    private const float LEASE_PART = 0.75;

    public function __construct(
        private Records $records,
        private ServerSource $source,
        private Settings $settings,
    ) {}

    /** @return array{workers: array<string, array<string, mixed>>, servers: array<string, array<string, mixed>>, readers: array<string, array<string, mixed>>, problems: list<string>, code: int} */
    public function make(): array
    {
        $workers = $this->records->workers();
        $servers = $this->servers($workers);
        $readers = $this->records->readers();
        $problems = [
            ...$this->ofServers($servers),
            ...$this->ofWorkers($workers),
            ...self::ofReaders($readers),
        ];

        return [
            'workers' => $workers,
            'servers' => $servers,
            'readers' => $readers,
            'problems' => $problems,
            'code' => match (true) {
                $workers === [] => self::NO_WORKER,
                $problems !== [] => self::DEGRADED,
                default => self::FINE,
            },
        ];
    }

    /**
     * @param array<string, array<string, mixed>> $workers
     *
     * @return array<string, array<string, mixed>>
     */
    private function servers(array $workers): array
    {
        $keys = $this->source->keys();
        $servers = [];
        foreach ($keys as $server) {
            $servers[$server] = ['owner' => null];
        }
        foreach ($workers as $worker => $record) {
            foreach (array_keys($record['servers']) as $server) {
                $servers[$server] = self::told($worker, $record, $server);
            }
        }
        foreach ($this->records->owners($keys) as $server => $lease) {
            // Records are up to a second old: a server that has just changed hands may stand in those of both or none.
            if ($lease['owner'] !== null && isset($workers[$lease['owner']])) {
                $servers[$server] = self::told($lease['owner'], $workers[$lease['owner']], $server);
            }
            unset($lease['owner']);
            $servers[$server] = [...$servers[$server], ...$lease];
        }

        return $servers;
    }

    /**
     * What a worker says of a server that it holds; the state is null while it has not said anything yet.
     *
     * @param array<string, mixed> $record
     *
     * @return array<string, mixed>
     */
    private static function told(string $worker, array $record, int|string $server): array
    {
        return [
            'owner' => $worker,
            'slowest' => $record['slowest'],
            ...($record['servers'][$server] ?? ['state' => null]),
        ];
    }

    /**
     * @param array<string, array<string, mixed>> $servers
     *
     * @return list<string>
     */
    private function ofServers(array $servers): array
    {
        $problems = [];
        foreach ($servers as $key => $server) {
            $problems[] = match (true) {
                $server['owner'] === null => "$key: no worker holds it",
                $server['state'] === null => null,
                $server['state'] !== 'ready' => "$key: {$server['state']}, last lost by {$server['last_reason']}",
                $server['queueDepth'] > 0 && $server['eventLagSeconds'] >= $this->settings->number('alerts.lag')
                    => sprintf('%s: its events are %.1f s late', $key, $server['eventLagSeconds']),
                default => null,
            };
        }

        return array_values(array_filter($problems, is_string(...)));
    }

    /**
     * @param array<string, array<string, mixed>> $workers
     *
     * @return list<string>
     */
    private function ofWorkers(array $workers): array
    {
        $problems = [];
        $lease = $this->settings->number('cluster.lease') * self::LEASE_PART;
        $isLeased = $this->settings->nullableString('redis') !== null;
        foreach ($workers as $id => $worker) {
            if ($worker['paused']) {
                $problems[] = "$id: it is paused";
            }
            foreach ($worker['sinks'] as $name => $sink) {
                if ($sink['away']) {
                    $problems[] = "$id: the $name cannot be reached, {$sink['waiting']} entries wait";
                }
            }
            if ($isLeased && ($worker['slowest']['seconds'] ?? 0.0) > ($lease / 2)) {
                $problems[] = sprintf(
                    '%s: %s took %.1f s, and a worker that does nothing else for %.1f s loses its servers: move the work into a queued job',
                    $id,
                    $worker['slowest']['label'],
                    $worker['slowest']['seconds'],
                    $lease,
                );
            }
        }

        return $problems;
    }

    /**
     * @param array<string, array<string, mixed>> $readers
     *
     * @return list<string>
     */
    private static function ofReaders(array $readers): array
    {
        $problems = [];
        foreach ($readers as $name => $reader) {
            // What was lost stays counted, and is news for an hour.
            if (($reader['lost_at'] ?? 0.0) > (time() - self::NEWS_SECONDS)) {
                $problems[] = "reader $name: entries were trimmed unread, {$reader['lost']} up to now";
            }
            if ($reader['process'] === null) {
                $problems[] = "reader $name: no process runs ami:read $name, {$reader['behind']} entries wait";
            }
        }

        return $problems;
    }
}
