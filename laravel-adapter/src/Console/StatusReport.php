<?php

declare(strict_types=1);

namespace Apn\AmiClient\Laravel\Console;

use Apn\AmiClient\Laravel\Bridge\DeadLetters;
use Apn\AmiClient\Laravel\Bridge\StreamStatus;
use Apn\AmiClient\Laravel\Cluster\Leases;
use Apn\AmiClient\Laravel\Config\ServerSource;
use Apn\AmiClient\Laravel\Config\Settings;
use Apn\AmiClient\Laravel\Records\Records;
use Illuminate\Contracts\Container\Container;

/** Everything `ami:status` tells, as one structure. */
final readonly class StatusReport
{
    public const int FINE = 0;
    public const int NO_WORKER = 2;
    public const int DEGRADED = 3;
    private const int NEWS_SECONDS = 3_600;

    public function __construct(
        private Records $records,
        private ServerSource $source,
        private Settings $settings,
        private Container $container,
    ) {}

    /** @return array{workers: array<string, array<string, mixed>>, servers: array<string, array<string, mixed>>, groups: array<string, array<string, mixed>>, dead_letters: int, problems: list<string>, code: int} */
    public function make(): array
    {
        $workers = $this->records->workers();
        $servers = $this->servers($workers);
        $isRedis = $this->settings->nullableString('redis') !== null;
        $groups = $isRedis ? $this->container->make(StreamStatus::class)->groups() : [];
        $problems = $this->problems($workers, $servers, $groups);

        return [
            'workers' => $workers,
            'servers' => $servers,
            'groups' => $groups,
            'dead_letters' => $isRedis ? $this->container->make(DeadLetters::class)->count() : 0,
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
        $keys = array_map(strval(...), array_keys($this->source->fingerprints()));
        $servers = [];
        foreach ($keys as $server) {
            $servers[$server] = ['owner' => null];
        }
        foreach ($workers as $worker => $record) {
            foreach (array_keys($record['servers']) as $server) {
                $servers[$server] = self::told($worker, $record, $server);
            }
        }
        if ($this->settings->nullableString('redis') !== null) {
            foreach ($this->container->make(Leases::class)->read($keys) as $server => $lease) {
                // Records are up to a second old: a server that has just changed hands may stand in those of both or none.
                if ($lease->isHeld && isset($workers[$lease->owner])) {
                    $servers[$server] = self::told($lease->owner, $workers[$lease->owner], $server);
                }
                $servers[$server]['last_owner'] = $lease->owner;
                $servers[$server]['fence'] = $lease->fence;
                $servers[$server]['last_seen'] = $lease->seen;
            }
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
     * @param array<string, array<string, mixed>> $workers
     * @param array<string, array<string, mixed>> $servers
     * @param array<string, array<string, mixed>> $groups
     *
     * @return list<string>
     */
    private function problems(array $workers, array $servers, array $groups): array
    {
        $problems = [];
        foreach ($servers as $key => $server) {
            $problems[] = match (true) {
                $server['owner'] === null => "$key: no worker holds it",
                $server['state'] === null => null,
                $server['state'] !== 'ready' => "$key: {$server['state']}, last lost by {$server['last_reason']}",
                $server['queueDepth'] > 0 && $server['eventLagSeconds'] >= $this->settings->number('waits.lag')
                    => sprintf('%s: its events are %.1f s late', $key, $server['eventLagSeconds']),
                default => null,
            };
        }
        foreach ($workers as $id => $worker) {
            $problems[] = $worker['bridge']['away'] ?? false
                ? "$id: Redis is away, {$worker['bridge']['waiting']} events wait"
                : null;
        }
        foreach ($groups as $name => $group) {
            // What was lost stays counted, and is news for an hour.
            $problems[] =
                ($group['lost_at'] ?? 0.0) > (time() - self::NEWS_SECONDS)
                    ? "group $name: entries were trimmed unread, {$group['lost']} up to now"
                    : null;
            $problems[] = $group['consumers'] === 0 && $group['backlog'] > 0 ? "group $name: nobody consumes it" : null;
        }

        return array_values(array_filter($problems, is_string(...)));
    }
}
