<?php

declare(strict_types=1);

namespace Apn\AmiClient\Laravel\Console;

use Apn\AmiClient\Laravel\Config\ServerSource;
use Apn\AmiClient\Laravel\Config\Settings;
use Apn\AmiClient\Laravel\Contracts\Diagnosis;
use Apn\AmiClient\Laravel\Records\Records;
use Generator;

/**
 * Everything that `ami:status` shows.
 *
 * @phpstan-import-type Worker from Records
 *
 * @phpstan-type Workers array<string, Worker>
 * @phpstan-type Server array{owner: ?string, last_owner?: ?string, state?: ?string, state_since?: float, last_reason?: ?string, queueDepth?: int, eventLagSeconds?: ?float, lastPingSeconds?: ?float, pendingActions?: int, ...<string, mixed>}
 * @phpstan-type Readers array<string, array{process: ?string, behind: int, lost: int, lost_at: ?float}>
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
        private Diagnosis $diagnosis,
        private ServerSource $source,
        private Settings $settings,
    ) {}

    /** @return array{workers: Workers, servers: array<string, Server>, readers: Readers, problems: list<string>, code: int} */
    public function make(): array
    {
        $workers = $this->records->workers();
        $servers = $this->servers($workers);
        $readers = $this->diagnosis->readers();
        $problems = iterator_to_array($this->problems($workers, $servers, $readers), preserve_keys: false);
        $code = match (true) {
            $workers === [] => self::NO_WORKER,
            $problems !== [] => self::DEGRADED,
            default => self::FINE,
        };

        return compact('workers', 'servers', 'readers', 'problems', 'code');
    }

    /**
     * @param Workers $workers
     *
     * @return array<string, Server> what a worker says of each server that it holds; the state is null while it has not said anything yet
     */
    private function servers(array $workers): array
    {
        $keys = $this->source->keys();
        $owners = $this->diagnosis->owners($keys);
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

        /** @var array<string, Server> */
        return $servers;
    }

    /**
     * @param Workers $workers
     * @param array<string, Server> $servers
     * @param Readers $readers
     *
     * @return Generator<int, string>
     */
    private function problems(array $workers, array $servers, array $readers): Generator
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
        yield from $this->ofWorkers($workers);
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

    /**
     * @param Workers $workers
     *
     * @return Generator<int, string>
     */
    private function ofWorkers(array $workers): Generator
    {
        $lease = $this->settings->number('cluster.lease') * self::LEASE_PART;
        $hasLeases = $this->settings->nullableString('redis') !== null;
        foreach ($workers as $id => ['paused' => $isPaused, 'sinks' => $sinks, 'slowest' => $slowest]) {
            if ($isPaused) {
                yield "$id: it is paused";
            }
            foreach ($sinks as $name => $sink) {
                if ($sink['away']) {
                    yield "$id: the $name cannot be reached, {$sink['waiting']} entries wait";
                }
            }
            if ($hasLeases && ($slowest['seconds'] ?? 0.0) > ($lease / 2)) {
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
}
