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
        return new PrometheusRenderer()->render([...$this->ofServers(), ...$this->ofWorker()]);
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

    /** @return array<string, Family> its own figures, and the same four of the queue and of the stream */
    private function ofWorker(): array
    {
        $families = [
            'ami_worker_servers' => self::gauge('Servers that this worker holds.', count($this->pool->feeds())),
            'ami_worker_resident_bytes' => self::gauge('Memory of this worker.', ResidentMemory::bytes()),
            'ami_worker_events_delivered_total' => self::counter('Events delivered.', $this->statistics->events),
        ];
        foreach ($this->sink->status() as $name => $of) {
            $refused = 'Entries that were refused because another worker held the server.';
            $dropped = "Entries dropped while the $name could not be reached.";
            $families += [
                "ami_{$name}_waiting" => self::gauge("Entries that wait for the $name.", $of['waiting']),
                "ami_{$name}_written_total" => self::counter("Entries written to the $name.", $of['written']),
                "ami_{$name}_dropped_total" => self::counter($dropped, $of['dropped']),
                "ami_{$name}_refused_total" => self::counter($refused, $of['refused']),
            ];
        }

        return $families;
    }

    /** @return Family */
    private static function gauge(string $help, int $value): array
    {
        return ['type' => 'gauge', 'help' => $help, 'values' => [['labels' => [], 'value' => $value]]];
    }

    /** @return Family */
    private static function counter(string $help, int $value): array
    {
        return [...self::gauge($help, $value), 'type' => 'counter'];
    }
}
