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

    /** @return array<string, array{consumers: int, pending: int, backlog: ?int, lost: int}> by group */
    public function groups(): array
    {
        $stream = $this->store->stream($this->settings->string('bridge.stream'));
        if ($this->store->command('EXISTS', $stream) === 0) {
            return [];
        }
        $groups = [];
        foreach ($this->store->command('XINFO', 'GROUPS', $stream) as $fields) {
            $group = array_column(array_chunk($fields, 2), 1, 0);
            $groups[$group['name']] = [
                'consumers' => $group['consumers'],
                'pending' => $group['pending'],
                'backlog' => is_int($group['lag'] ?? null) ? $group['lag'] : null,
                'lost' => (int) $this->store->command('HGET', $this->store->key('lost'), $group['name']),
            ];
        }

        return $groups;
    }
}
