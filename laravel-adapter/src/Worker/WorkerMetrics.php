<?php

declare(strict_types=1);

namespace Apn\AmiClient\Laravel\Worker;

use Apn\AmiClient\AmiClientManager;
use Apn\AmiClient\Metrics\PrometheusRenderer;

/**
 * What a worker shows at --metrics: the client's own metrics of the servers it holds, and its own.
 *
 * @phpstan-import-type Family from PrometheusRenderer
 */
final readonly class WorkerMetrics
{
    public function __construct(
        private AmiClientManager $manager,
        private ServerPool $pool,
        private Statistics $statistics,
        private Sink $sink,
    ) {}

    public function text(): string
    {
        return new PrometheusRenderer()->render([...$this->ofServers(), ...$this->ofWorker(), ...$this->ofSinks()]);
    }

    /** @return array<string, Family> */
    private function ofServers(): array
    {
        $held = $this->pool->feeds();

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
        return [
            'ami_worker_servers' => self::family(
                'gauge',
                'Servers that this worker holds.',
                count($this->pool->feeds()),
            ),
            'ami_worker_resident_bytes' => self::family('gauge', 'Memory of this worker.', ResidentMemory::bytes()),
            'ami_worker_events_delivered_total' => self::family(
                'counter',
                'Events delivered.',
                $this->statistics->events,
            ),
        ];
    }

    /** @return array<string, Family> the queue and the stream, each with the same four figures */
    private function ofSinks(): array
    {
        $families = [];
        foreach ($this->sink->status() as $name => $status) {
            $families += [
                "ami_{$name}_waiting" => self::family('gauge', "Entries that wait for the $name.", $status['waiting']),
                "ami_{$name}_written_total" => self::family(
                    'counter',
                    "Entries written to the $name.",
                    $status['written'],
                ),
                "ami_{$name}_dropped_total" => self::family(
                    'counter',
                    "Entries dropped while the $name could not be reached.",
                    $status['dropped'],
                ),
                "ami_{$name}_refused_total" => self::family(
                    'counter',
                    'Entries that were refused because another worker held the server.',
                    $status['refused'],
                ),
            ];
        }

        return $families;
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
