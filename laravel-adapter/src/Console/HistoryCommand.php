<?php

declare(strict_types=1);

namespace Apn\AmiClient\Laravel\Console;

use Apn\AmiClient\Laravel\Config\ServerSource;
use Apn\AmiClient\Laravel\Records\Records;
use Symfony\Component\Console\Attribute\AsCommand;

/** @phpstan-import-type Server from StatusReport */
#[AsCommand(name: 'ami:history')]
final class HistoryCommand extends AmiCommand
{
    protected $signature = 'ami:history
        {server : Its key in config/ami.php}
        {--limit=200 : Newest transitions to show}
        {--json : One JSON object a line}';

    protected $description = 'Show what happened to a server\'s session, the newest last';

    public function handle(Records $records, ServerSource $source, StatusReport $report): int
    {
        $server = (string) $this->argument('server');
        $history = array_reverse(array_slice($records->history($server), 0, $this->whole('limit')));
        foreach ($history as $transition) {
            if ($this->option('json')) {
                $this->json($transition);
            } else {
                $this->line(rtrim(sprintf(
                    '%s  %-14s -> %-14s %s %s  (%s)',
                    date('Y-m-d H:i:s', (int) $transition['at']),
                    $transition['from'],
                    $transition['to'],
                    $transition['reason'],
                    $transition['detail'],
                    $transition['worker'],
                )));
            }
        }
        if ($history === []) {
            return $this->failed(
                in_array($server, $source->keys(), strict: true)
                    ? "There is no history of $server: no worker has tried it yet."
                    : "There is no server $server in config ami.servers: there are "
                    . (implode(', ', $source->keys()) ?: 'none'),
            );
        }
        if (!$this->option('json')) {
            $this->now($report->make()['servers'][$server] ?? ['owner' => null]);
        }

        return self::SUCCESS;
    }

    /** @param Server $state */
    private function now(array $state): void
    {
        $ping = isset($state['lastPingSeconds']) ? sprintf('%.1f ms', $state['lastPingSeconds'] * 1_000) : 'none yet';
        $this->components->twoColumnDetail('held by ' . ($state['owner'] ?? 'nobody'), match (true) {
            $state['owner'] === null => null,
            $state['state'] === null => 'just taken',
            default => "{$state['state']}, last ping $ping, {$state['pendingActions']} actions pending",
        });
    }
}
