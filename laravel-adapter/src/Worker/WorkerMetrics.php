<?php

declare(strict_types=1);

namespace Apn\AmiClient\Laravel\Worker;

use Apn\AmiClient\AmiClientManager;
use Apn\AmiClient\Laravel\Bridge\StreamStatus;
use Apn\AmiClient\Laravel\Bridge\StreamWriter;
use Apn\AmiClient\Metrics\PrometheusRenderer;
use RedisException;

/**
 * What a worker shows at --metrics: the client's own metrics of the servers it holds, and its own.
 *
 * @phpstan-import-type Family from PrometheusRenderer
 */
final readonly class WorkerMetrics
{
    public function __construct(
        private AmiClientManager $manager,
        private Holder $holder,
        private Tally $tally,
        private ?StreamWriter $writer,
        private ?StreamStatus $stream,
    ) {}

    public function text(): string
    {
        return new PrometheusRenderer()->render([...$this->ofServers(), ...$this->ofWorker(), ...$this->ofGroups()]);
    }

    /** @return array<string, Family> */
    private function ofServers(): array
    {
        $held = $this->holder->feeds();

        // A server that another worker holds is no server that is down.
        return array_map(static fn(array $family): array => [
            ...$family,
            'values' => array_values(array_filter(
                $family['values'],
                static fn(array $sample): bool => (
                    !isset($sample['labels']['server']) || isset($held[$sample['labels']['server']])
                ),
            )),
        ], $this->manager->metrics());
    }

    /** @return array<string, Family> */
    private function ofWorker(): array
    {
        $families = [
            'ami_worker_servers' => self::family(
                'gauge',
                'Servers that this worker holds.',
                count($this->holder->feeds()),
            ),
            'ami_worker_resident_bytes' => self::family('gauge', 'Memory of this worker.', ResidentMemory::bytes()),
            'ami_worker_events_delivered_total' => self::family('counter', 'Events delivered.', $this->tally->events),
        ];
        if ($this->writer === null) {
            return $families;
        }

        return [
            ...$families,
            'ami_bridge_waiting_entries' => self::family(
                'gauge',
                'Entries that wait for Redis.',
                $this->writer->waitingCount(),
            ),
            'ami_bridge_written_total' => self::family(
                'counter',
                'Entries written to the stream.',
                $this->writer->writtenCount,
            ),
            'ami_bridge_dropped_total' => self::family(
                'counter',
                'Entries lost while Redis was away.',
                $this->writer->droppedCount,
            ),
            'ami_bridge_refused_total' => self::family(
                'counter',
                'Entries that Redis refused: another worker held the server.',
                $this->writer->refusedCount,
            ),
        ];
    }

    /** @return array<string, Family> */
    private function ofGroups(): array
    {
        try {
            $groups = $this->stream?->groups() ?? [];
        } catch (RedisException) {
            return [];
        }
        $values = static fn(string $field): array => array_map(static fn(int|string $group): array => [
            'labels' => ['group' => (string) $group],
            'value' => (int) $groups[$group][$field],
        ], array_keys($groups));

        return [
            'ami_consumer_backlog_entries' => [
                'type' => 'gauge',
                'help' => 'Entries that the group has not read.',
                'values' => $values('backlog'),
            ],
            'ami_consumer_pending_entries' => [
                'type' => 'gauge',
                'help' => 'Entries read and not finished.',
                'values' => $values('pending'),
            ],
            'ami_consumer_lost_total' => [
                'type' => 'counter',
                'help' => 'Entries trimmed before the group read them.',
                'values' => $values('lost'),
            ],
        ];
    }

    /**
     * @param 'counter'|'gauge' $type
     *
     * @return Family
     */
    private static function family(string $type, string $help, int $value): array
    {
        return ['type' => $type, 'help' => $help, 'values' => [['labels' => [], 'value' => $value]]];
    }
}
