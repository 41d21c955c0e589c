<?php

declare(strict_types=1);

namespace Apn\AmiClient\Laravel\Cluster\Stream;

use Apn\AmiClient\Laravel\Cluster\Store;

/** How far the readers are. */
final readonly class ReaderStatus
{
    public function __construct(
        private Store $store,
    ) {}

    /** @return array<string, array{process: ?string, behind: int, lost: int, lost_at: ?float}> by name */
    public function all(): array
    {
        $added = (int) $this->store->command('HGET', $this->store->key('written'), ':added');
        $readers = [];
        foreach ($this->store->command('SMEMBERS', $this->store->key('readers')) as $name) {
            $key = $this->store->key("reader:$name");
            if ($this->store->command('EXISTS', $key) === 0) {
                $this->store->command('SREM', $this->store->key('readers'), $name);
                continue;
            }
            [$count, $lost, $lostAt] = $this->store->command('HMGET', $key, 'count', 'lost', 'lost_at');
            $process = $this->store->command('GET', "$key:owner");
            $readers[$name] = [
                'process' => is_string($process) ? $process : null,
                'behind' => max(0, $added - (int) $count),
                'lost' => (int) $lost,
                'lost_at' => is_string($lostAt) ? (float) $lostAt : null,
            ];
        }
        ksort($readers);

        return $readers;
    }
}
