<?php

declare(strict_types=1);

namespace Apn\AmiClient\Laravel\Console;

use Apn\AmiClient\Laravel\Config\ServerSource;
use Apn\AmiClient\Laravel\Config\Settings;
use Apn\AmiClient\Laravel\Records\Records;
use Generator;

/**
 * Everything that `ami:status` shows.
 *
 * @phpstan-import-type Worker from Records
 *
 * @phpstan-type Workers array<string, Worker>
 * @phpstan-type Table array<string, array<string, mixed>>
 */
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

    /** @return array{workers: Workers, servers: Table, readers: Table, problems: list<string>, code: int} */
    public function make(): array
    {
        $workers = $this->records->workers();
        $servers = $this->servers($workers);
        $readers = $this->records->readers();
        $problems = [...$this->ofServers($servers), ...$this->ofWorkers($workers), ...self::ofReaders($readers)];
        $code = $problems === [] ? self::FINE : self::DEGRADED;
        $code = $workers === [] ? self::NO_WORKER : $code;

        return compact('workers', 'servers', 'readers', 'problems', 'code');
    }

    /**
     * @param Workers $workers
     *
     * @return Table what a worker says of each server that it holds; the state is null while it has not said anything yet
     */
    private function servers(array $workers): array
    {
        $keys = $this->source->keys();
        $owners = $this->records->owners($keys);
        $servers = array_fill_keys($keys, ['owner' => null]);
        foreach ($workers as $worker => $record) {
            $servers = array_replace($servers, array_fill_keys(array_keys($record['servers']), ['owner' => $worker]));
        }
        foreach ($servers as $server => ['owner' => $owner]) {
            $lease = $owners[$server] ?? [];
            // Records are up to a second old: a server that has just changed hands may stand in those of both or none.
            $owner = isset($workers[$lease['owner'] ?? '']) ? $lease['owner'] : $owner;
            $record = $workers[$owner ?? ''] ?? null;
            $servers[$server] = [
                ...$lease,
                'owner' => $owner,
                ...($record === null ? [] : ['slowest' => $record['slowest'], 'state' => null]),
                ...($record['servers'][$server] ?? []),
            ];
        }

        return $servers;
    }

    /**
     * @param Table $servers
     *
     * @return Generator<int, string>
     */
    private function ofServers(array $servers): Generator
    {
        foreach ($servers as $key => $server) {
            if ($server['owner'] === null) {
                yield "$key: no worker holds it";
            } elseif ($server['state'] !== null && $server['state'] !== 'ready') {
                yield "$key: {$server['state']}, last lost by {$server['last_reason']}";
            } elseif (
                ($server['queueDepth'] ?? 0) > 0
                && $server['eventLagSeconds'] >= $this->settings->number('alerts.lag')
            ) {
                yield sprintf('%s: its events are %.1f s late', $key, $server['eventLagSeconds']);
            }
        }
    }

    /**
     * @param Workers $workers
     *
     * @return Generator<int, string>
     */
    private function ofWorkers(array $workers): Generator
    {
        $lease = $this->settings->number('cluster.lease') * self::LEASE_PART;
        $lease = $this->settings->nullableString('redis') === null ? INF : $lease;
        foreach ($workers as $id => ['paused' => $isPaused, 'sinks' => $sinks, 'slowest' => $slowest]) {
            if ($isPaused) {
                yield "$id: it is paused";
            }
            foreach ($sinks as $name => $sink) {
                if ($sink['away']) {
                    yield "$id: the $name cannot be reached, {$sink['waiting']} entries wait";
                }
            }
            if (($slowest['seconds'] ?? 0.0) > ($lease / 2)) {
                yield sprintf(
                    '%s: %s took %.1f s, and a worker that does nothing else for %.1f s loses its servers: move the work into a queued job',
                    $id,
                    $slowest['label'],
                    $slowest['seconds'],
                    $lease,
                );
            }
        }
    }

    /**
     * @param Table $readers
     *
     * @return Generator<int, string>
     */
    private static function ofReaders(array $readers): Generator
    {
        foreach ($readers as $name => $reader) {
            // What was lost stays counted, and is news for an hour.
            if (($reader['lost_at'] ?? 0.0) > (time() - self::NEWS_SECONDS)) {
                yield "reader $name: entries were trimmed unread, {$reader['lost']} up to now";
            }
            if ($reader['process'] === null) {
                yield "reader $name: no process runs ami:read $name, {$reader['behind']} entries wait";
            }
        }
    }
}
