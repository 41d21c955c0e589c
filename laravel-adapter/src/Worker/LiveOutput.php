<?php

declare(strict_types=1);

namespace Apn\AmiClient\Laravel\Worker;

use Apn\AmiClient\AmiClientManager;
use Apn\AmiClient\AmiEvent;
use Apn\AmiClient\ConnectionState;
use Apn\AmiClient\DisconnectReason;
use Apn\AmiClient\Gap;
use Apn\AmiClient\ServerHealth;
use Symfony\Component\Console\Formatter\OutputFormatter;
use Symfony\Component\Console\Helper\Table;
use Symfony\Component\Console\Output\ConsoleSectionOutput;

/** For a person at a terminal: what happens scrolls by above, how the servers do stands below. */
final class LiveOutput implements Output
{
    /** @var array<string, int> events received, at the last look */
    private array $received = [];
    private float $lookedAt = 0.0;

    public function __construct(
        private readonly ConsoleSectionOutput $log,
        private readonly ConsoleSectionOutput $table,
    ) {}

    public function started(array $servers, array $routes): void
    {
        $this->line('info', 'Listening to ' . implode(', ', $servers) . ' (process ' . getmypid() . ').');
        foreach ($routes as $route) {
            $where = $route->where === [] ? '' : ' where ' . implode(', ', array_keys($route->where));
            $this->line(
                $route->isCatchAll() ? 'comment' : 'info',
                implode(', ', $route->names)
                . "$where for {$route->label}"
                . ($route->isCatchAll() ? ': every event is made an object and delivered' : ''),
            );
        }
        if ($routes === []) {
            $this->line('comment', 'Nothing is subscribed: no listener wants any event. --event=NAME shows some.');
        }
    }

    public function event(AmiEvent $event): void
    {
        $headers = [];
        foreach ($event->getRawHeaders() as [$name, $value]) {
            if (strcasecmp($name, 'Event') !== 0) {
                $headers[] = "$name=$value";
            }
        }
        $this->log->writeln(
            "<info>{$event->serverKey} {$event->name}</info> " . OutputFormatter::escape(implode(' ', $headers)),
        );
    }

    public function state(
        string $server,
        ConnectionState $from,
        ConnectionState $to,
        ?DisconnectReason $reason,
        string $detail,
    ): void {
        $isBad = $to === ConnectionState::Disconnected && $reason !== DisconnectReason::Requested;
        $this->line($isBad ? 'error' : 'info', rtrim("$server: {$to->value} {$reason?->value} $detail"));
    }

    public function gap(Gap $gap): void
    {
        $why = $gap->reason === null ? "{$gap->dropped} dropped" : $gap->reason->value;
        $this->line('error', "{$gap->serverKey}: events are missing ($why)");
    }

    public function note(string $level, string $message): void
    {
        $this->line(in_array($level, ['warning', 'error'], strict: true) ? 'error' : 'info', $message);
    }

    public function status(AmiClientManager $manager): void
    {
        $now = Worker::now();
        $table = new Table($this->table);
        $table->setHeaders(['server', 'state', 'events/s', 'queue', 'lag', 'dropped']);
        foreach ($manager->health() as $server => $health) {
            $table->addRow($this->row((string) $server, $health, $now - $this->lookedAt));
        }
        $this->table->clear();
        $table->render();
        $this->lookedAt = $now;
    }

    public function stopped(StopReason $reason): void
    {
        $this->line('info', "Stopped: {$reason->value}.");
    }

    /** @return list<string> */
    private function row(string $server, ServerHealth $health, float $seconds): array
    {
        $rate =
            ($health->eventsReceived - ($this->received[$server] ?? $health->eventsReceived)) / max($seconds, 0.001);
        $this->received[$server] = $health->eventsReceived;
        $state = $health->isReady()
            ? "<info>{$health->state->value}</info>"
            : "<comment>{$health->state->value} {$health->lastDisconnect?->value}</comment>";

        return [
            $server,
            $state,
            number_format($rate),
            number_format($health->queueDepth),
            $health->eventLagSeconds === null ? '' : round($health->eventLagSeconds * 1_000) . ' ms',
            number_format($health->eventsDropped),
        ];
    }

    private function line(string $style, string $message): void
    {
        $this->log->writeln("<$style>" . OutputFormatter::escape($message) . "</$style>");
    }
}
