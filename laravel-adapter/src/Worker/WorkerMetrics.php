<?php

declare(strict_types=1);

namespace Apn\AmiClient\Laravel\Worker;

use Apn\AmiClient\Metrics\PrometheusRenderer;

/**
 * What a worker shows at --metrics: the client's own metrics of the servers it holds, and its own.
 *
 * @phpstan-import-type Family from PrometheusRenderer
 */
final readonly class WorkerMetrics
{
    public function __construct(
        private Worker $worker,
    ) {}

    public function text(): string
    {
        return new PrometheusRenderer()->render([...$this->ofServers(), ...$this->ofWorker()]);
    }

    /** @return array<string, Family> */
    private function ofServers(): array
    {
        $held = $this->worker->pool->feeds();

        // A server that another worker holds is no server that is down.
        return array_map(static fn(array $family): array => [
            ...$family,
            'values' => array_values(array_filter(
                $family['values'],
                static fn(array $sample): bool => (
                    !isset($sample['labels']['server']) || isset($held[$sample['labels']['server']])
                ),
            )),
        ], $this->worker->manager->metrics());
    }

    /** @return array<string, Family> its own figures, and the same four of the queue and of the stream */
    private function ofWorker(): array
    {
        $events = $this->worker->statistics->events;
        $servers = count($this->worker->pool->feeds());
        $families = [
            'ami_worker_servers' => self::family('Servers that this worker holds.', $servers),
            'ami_worker_resident_bytes' => self::family('Memory of this worker.', ResidentMemory::bytes()),
            'ami_worker_events_delivered_total' => self::family('Events delivered.', $events, 'counter'),
        ];
        foreach ($this->worker->sinkStatus() as $name => $of) {
            $families["ami_{$name}_waiting"] = self::family("Entries that wait for the $name.", $of['waiting']);
            foreach ([
                'written' => "Entries written to the $name.",
                'dropped' => "Entries dropped while the $name could not be reached.",
                'refused' => 'Entries that were refused because another worker held the server.',
            ] as $what => $help) {
                $families["ami_{$name}_{$what}_total"] = self::family($help, $of[$what], 'counter');
            }
        }

        return $families;
    }

    /**
     * @param 'counter'|'gauge' $type
     *
     * @return Family
     */
    private static function family(string $help, int $value, string $type = 'gauge'): array
    {
        return ['type' => $type, 'help' => $help, 'values' => [['labels' => [], 'value' => $value]]];
    }
}
