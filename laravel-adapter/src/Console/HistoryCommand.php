<?php

declare(strict_types=1);

namespace Apn\AmiClient\Laravel\Console;

use Apn\AmiClient\Laravel\Config\ServerSource;
use Apn\AmiClient\Laravel\Records\Records;
use Symfony\Component\Console\Attribute\AsCommand;

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
            $servers = $source->keys();
            $this->components->warn(
                in_array($server, $servers, strict: true)
                    ? "There is no history of $server: no worker has tried it yet."
                    : "There is no server $server in config ami.servers: there are "
                    . (implode(', ', $servers) ?: 'none'),
            );

            return self::FAILURE;
        }
        if (!$this->option('json')) {
            $this->now($report->make()['servers'][$server] ?? ['owner' => null]);
        }

        return self::SUCCESS;
    }

    /** @param array<string, mixed> $state */
    private function now(array $state): void
    {
        if ($state['owner'] === null) {
            $this->components->twoColumnDetail('held by nobody');
        } elseif ($state['state'] === null) {
            $this->components->twoColumnDetail("held by {$state['owner']}", 'just taken');
        } else {
            $ping = $state['lastPingSeconds'] === null
                ? 'none yet'
                : sprintf('%.1f ms', $state['lastPingSeconds'] * 1_000);
            $this->components->twoColumnDetail(
                "held by {$state['owner']}",
                "{$state['state']}, last ping $ping, {$state['pendingActions']} actions pending",
            );
        }
    }
}
