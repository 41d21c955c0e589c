<?php

declare(strict_types=1);

namespace Apn\AmiClient\Laravel\Worker;

use Apn\AmiClient\AmiEvent;
use Apn\AmiClient\ConnectionState;
use Apn\AmiClient\DisconnectReason;
use Apn\AmiClient\Gap;
use Apn\AmiClient\ServerHealth;
use Symfony\Component\Console\Formatter\OutputFormatter;
use Symfony\Component\Console\Helper\Table;
use Symfony\Component\Console\Output\BufferedOutput;
use Symfony\Component\Console\Output\ConsoleSectionOutput;
use Symfony\Component\Console\Output\OutputInterface;
use Symfony\Component\Console\Terminal;

/** For a person at a terminal: what happens scrolls by above, how the servers do stands below. */
final class LiveOutput implements Output
{
    /** Lines of the terminal that the table leaves: its own frame, and what scrolls by. */
    private const int LINES_LEFT = 8;
    private const int ROWS_MIN = 3;

    /** @var array<string, int> events received, at the last look */
    private array $received = [];

    /** @var array<string, list<string>> by server */
    private array $rows = [];
    private float $lookedAt = 0.0;

    private string $drawn = '';

    /** @param ConsoleSectionOutput $table the only section: one for the lines above would keep them all in memory */
    public function __construct(
        private readonly OutputInterface $log,
        private readonly ConsoleSectionOutput $table,
    ) {}

    public function started(string $worker, array $servers, array $routes): void
    {
        $this->line('info', "Worker $worker listens to " . implode(', ', $servers) . '.');
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
        $this->above(
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
        if (isset($this->rows[$server])) {
            $this->rows[$server][1] = self::stateCell($to, $reason);
            $this->draw();
        }
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

    public function status(array $health): void
    {
        $now = Worker::now();
        // Those that need a look first: there may be more servers than lines.
        uasort($health, static fn(ServerHealth $a, ServerHealth $b): int => $a->isReady() <=> $b->isReady());
        $this->rows = [];
        foreach ($health as $server => $one) {
            $this->rows[(string) $server] = $this->row((string) $server, $one, $now - $this->lookedAt);
        }
        $this->draw();
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
        return [
            $server,
            self::stateCell($health->state, $health->lastDisconnect),
            number_format($rate),
            number_format($health->queueDepth),
            $health->eventLagSeconds === null ? '' : round($health->eventLagSeconds * 1_000) . ' ms',
            number_format($health->eventsDropped),
        ];
    }

    private static function stateCell(ConnectionState $state, ?DisconnectReason $reason): string
    {
        return $state === ConnectionState::Ready
            ? "<info>{$state->value}</info>"
            : '<comment>' . rtrim("{$state->value} {$reason?->value}") . '</comment>';
    }

    private function draw(): void
    {
        $drawing = new BufferedOutput(decorated: $this->table->isDecorated(), formatter: $this->table->getFormatter());
        $table = new Table($drawing);
        $table->setHeaders(['server', 'state', 'events/s', 'queue', 'lag', 'dropped']);
        $shown = array_slice($this->rows, 0, max(self::ROWS_MIN, new Terminal()->getHeight() - self::LINES_LEFT));
        $table->setRows(array_values($shown));
        $table->render();
        $more = count($this->rows) - count($shown);
        $this->drawn = rtrim($drawing->fetch()) . ($more > 0 ? "\nand $more more" : '');
        $this->table->overwrite($this->drawn);
    }

    private function line(string $style, string $message): void
    {
        $this->above("<$style>" . OutputFormatter::escape($message) . "</$style>");
    }

    private function above(string $line): void
    {
        $this->table->clear();
        $this->log->writeln($line);
        if ($this->drawn !== '') {
            $this->table->overwrite($this->drawn);
        }
    }
}
