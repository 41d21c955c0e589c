<?php

declare(strict_types=1);

namespace Apn\AmiClient\Laravel\Console;

use Symfony\Component\Console\Attribute\AsCommand;

#[AsCommand(name: 'ami:status')]
final class StatusCommand extends AmiCommand
{
    protected $signature = 'ami:status {--json : As one JSON object}';

    protected $description = 'Show the workers, servers and readers; exits with 0 for fine, 2 for no worker, 3 for degraded';

    public function handle(StatusReport $report): int
    {
        $status = $report->make();
        if ($this->option('json')) {
            $this->json($status);

            return $status['code'];
        }
        $this->workers($status['workers']);
        $this->servers($status['servers']);
        $this->readers($status['readers']);
        foreach ($status['problems'] as $problem) {
            $this->components->warn($problem);
        }

        return $status['code'];
    }

    /** Nobody knows how they do. */
    protected function failure(): int
    {
        return StatusReport::DEGRADED;
    }

    /** @param array<string, array<string, mixed>> $workers */
    private function workers(array $workers): void
    {
        if ($workers === []) {
            $this->noWorker();

            return;
        }
        $this->table(
            ['worker', 'mode', 'up', 'memory', 'servers', 'events', 'slowest listener', 'queue and stream'],
            array_map(
                static fn(string $id, array $worker): array => [
                    $id,
                    $worker['mode'] . ($worker['draining'] ? ', draining' : '') . ($worker['paused'] ? ', paused' : ''),
                    self::ago($worker['started_at']),
                    round($worker['memory_bytes'] / 1_048_576) . ' MB',
                    count($worker['servers']),
                    number_format($worker['events']),
                    $worker['slowest'] === null
                        ? ''
                        : sprintf(
                            '%s %.1f ms',
                            class_basename($worker['slowest']['label']),
                            $worker['slowest']['seconds'] * 1_000,
                        ),
                    implode('; ', array_map(
                        static fn(
                            int|string $name,
                            array $sink,
                        ): string => "$name: {$sink['waiting']} waiting, {$sink['dropped']} dropped, {$sink['refused']} refused",
                        array_keys($worker['sinks']),
                        $worker['sinks'],
                    )),
                ],
                array_keys($workers),
                $workers,
            ),
        );
    }

    /** @param array<string, array<string, mixed>> $servers */
    private function servers(array $servers): void
    {
        $this->table(
            ['server', 'state', 'since', 'owner', 'last lost by', 'flaps/h', 'queue', 'lag', 'dropped', 'gaps'],
            array_map(self::serverRow(...), array_keys($servers), $servers),
        );
    }

    /**
     * @param array<string, mixed> $server
     *
     * @return list<mixed>
     */
    private static function serverRow(int|string $key, array $server): array
    {
        if ($server['owner'] === null) {
            $last = isset($server['last_owner']) ? "last {$server['last_owner']}" : '';

            return [$key, 'not held', '', $last, '', '', '', '', '', ''];
        }
        if ($server['state'] === null) {
            return [$key, 'just taken', '', $server['owner'], '', '', '', '', '', ''];
        }

        return [
            $key,
            $server['state'],
            self::ago($server['state_since']),
            $server['owner'],
            $server['last_reason'],
            $server['flaps_hour'],
            $server['queueDepth'],
            $server['eventLagSeconds'] === null ? '' : round($server['eventLagSeconds'] * 1_000) . ' ms',
            $server['eventsDropped'],
            $server['gaps'],
        ];
    }

    /** @param array<string, array<string, mixed>> $readers */
    private function readers(array $readers): void
    {
        if ($readers !== []) {
            $this->table(
                ['reader', 'process', 'behind', 'lost'],
                array_map(
                    static fn(int|string $name, array $reader): array => [
                        $name,
                        $reader['process'] ?? 'none',
                        $reader['behind'],
                        $reader['lost'],
                    ],
                    array_keys($readers),
                    $readers,
                ),
            );
        }
    }

    private static function ago(float $at): string
    {
        $seconds = max(0, (int) (microtime(as_float: true) - $at));

        return match (true) {
            $seconds < 120 => "$seconds s",
            $seconds < 7_200 => intdiv($seconds, 60) . ' min',
            $seconds < 172_800 => intdiv($seconds, 3_600) . ' h',
            default => intdiv($seconds, 86_400) . ' days',
        };
    }
}
