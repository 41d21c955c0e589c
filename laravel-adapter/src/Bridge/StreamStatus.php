<?php

declare(strict_types=1);

namespace Apn\AmiClient\Laravel\Bridge;

use Apn\AmiClient\Laravel\Config\Settings;
use Apn\AmiClient\Laravel\Redis\Store;

/** How far the groups are with the bridge's stream. */
final readonly class StreamStatus
{
    public function __construct(
        private Store $store,
        private Settings $settings,
    ) {}

    /** A consumer asks for entries every second, unless it handles a long batch. */
    private const int ALIVE_MS = 60_000;

    /** @return array<string, array{consumers: int, pending: int, backlog: ?int, lost: int, lost_at: ?float}> by group */
    public function groups(): array
    {
        $stream = $this->store->stream($this->settings->string('bridge.stream'));
        if ($this->store->command('EXISTS', $stream) === 0) {
            return [];
        }
        $groups = [];
        foreach ($this->store->command('XINFO', 'GROUPS', $stream) as $fields) {
            $group = array_column(array_chunk($fields, 2), 1, 0);
            [$lost, $lostAt] = $this->store->command(
                'HMGET',
                $this->store->key('lost'),
                $group['name'],
                "{$group['name']}:at",
            );
            $groups[$group['name']] = [
                'consumers' => $this->consumers($stream, $group['name']),
                'pending' => $group['pending'],
                'backlog' => is_int($group['lag'] ?? null) ? $group['lag'] : null,
                'lost' => (int) $lost,
                'lost_at' => is_string($lostAt) ? (float) $lostAt : null,
            ];
        }

        return $groups;
    }

    /** Those that live: a killed one stays in the list of its group for a while. */
    private function consumers(string $stream, string $group): int
    {
        return count(array_filter(
            $this->store->command('XINFO', 'CONSUMERS', $stream, $group),
            static fn(array $fields): bool => array_column(array_chunk($fields, 2), 1, 0)['idle'] < self::ALIVE_MS,
        ));
    }
}
