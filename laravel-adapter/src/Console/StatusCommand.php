<?php

declare(strict_types=1);

namespace Apn\AmiClient\Laravel\Console;

use Carbon\CarbonInterface;
use Illuminate\Support\Carbon;
use Symfony\Component\Console\Attribute\AsCommand;

/**
 * @phpstan-import-type Worker from \Apn\AmiClient\Laravel\Records\Records
 * @phpstan-import-type Server from StatusReport
 */
#[AsCommand(name: 'ami:status')]
final class StatusCommand extends AmiCommand
{
    /** Nobody knows how they do. */
    protected int $failure = StatusReport::DEGRADED;

    protected $signature = 'ami:status {--json : As one JSON object}';

    protected $description = 'Show the workers, servers and readers; exits with 0 for fine, 2 for no worker, 3 for degraded';

    public function handle(StatusReport $report): int
    {
        $status = $report->make();
        if ($this->option('json')) {
            $this->json($status);

            return $status['code'];
        }
        $this->rows(
            ['worker', 'mode', 'up', 'memory', 'servers', 'events', 'slowest listener', 'queue and stream'],
            self::worker(...),
            $status['workers'],
        );
        if ($status['workers'] === []) {
            $this->noWorker();
        }
        $this->rows(
            ['server', 'state', 'since', 'owner', 'last lost by', 'flaps/h', 'queue', 'lag', 'dropped', 'gaps'],
            self::server(...),
            $status['servers'],
        );
        $this->rows(
            ['reader', 'process', 'behind', 'lost'],
            static fn(int|string $name, array $of): array => [
                $name,
                $of['process'] ?? 'none',
                $of['behind'],
                $of['lost'],
            ],
            $status['readers'],
        );
        foreach ($status['problems'] as $problem) {
            $this->components->warn($problem);
        }

        return $status['code'];
    }

    /**
     * @param list<string> $headers
     * @param array<string, array<string, mixed>> $of
     */
    private function rows(array $headers, \Closure $row, array $of): void
    {
        if ($of !== []) {
            $this->table($headers, array_map($row, array_keys($of), $of));
        }
    }

    /**
     * @param Worker $worker
     *
     * @return list<mixed>
     */
    private static function worker(string $id, array $worker): array
    {
        $sinks = [];
        foreach ($worker['sinks'] as $name => $sink) {
            $sinks[] = "$name: {$sink['waiting']} waiting, {$sink['dropped']} dropped, {$sink['refused']} refused";
        }
        $slowest = $worker['slowest'];

        return [
            $id,
            $worker['mode'] . ($worker['draining'] ? ', draining' : '') . ($worker['paused'] ? ', paused' : ''),
            self::ago($worker['started_at']),
            round($worker['memory_bytes'] / 1_048_576) . ' MB',
            count($worker['servers']),
            number_format($worker['events']),
            $slowest === null ? '' : class_basename($slowest['label']) . self::milliseconds($slowest['seconds']),
            implode('; ', $sinks),
        ];
    }

    /**
     * @param Server $server
     *
     * @return list<mixed>
     */
    private static function server(int|string $key, array $server): array
    {
        if (($server['state'] ?? null) === null) {
            $last = isset($server['last_owner']) ? "last {$server['last_owner']}" : '';
            $state = $server['owner'] === null ? 'not held' : 'just taken';

            return [$key, $state, '', $server['owner'] ?? $last, '', '', '', '', '', ''];
        }

        return [
            $key,
            $server['state'],
            self::ago($server['state_since']),
            $server['owner'],
            $server['last_reason'],
            $server['flaps_hour'],
            $server['queueDepth'],
            self::milliseconds($server['eventLagSeconds']),
            $server['eventsDropped'],
            $server['gaps'],
        ];
    }

    private static function ago(float $at): string
    {
        return Carbon::createFromTimestamp($at)->diffForHumans(syntax: CarbonInterface::DIFF_ABSOLUTE, short: true);
    }

    private static function milliseconds(?float $seconds): string
    {
        return $seconds === null ? '' : sprintf(' %.1f ms', $seconds * 1_000);
    }
}
