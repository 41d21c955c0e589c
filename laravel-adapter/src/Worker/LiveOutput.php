<?php

declare(strict_types=1);

namespace Apn\AmiClient\Laravel\Worker;

use Apn\AmiClient\ServerHealth;
use Symfony\Component\Console\Formatter\OutputFormatter;
use Symfony\Component\Console\Helper\Table;
use Symfony\Component\Console\Output\BufferedOutput;
use Symfony\Component\Console\Output\ConsoleSectionOutput;
use Symfony\Component\Console\Output\OutputInterface;
use Symfony\Component\Console\Terminal;

/** For a person at a terminal: what happens scrolls by above, how the servers do stands below. */
final class LiveOutput extends Output
{
    /** Lines of the terminal that the table leaves: its own frame, and what scrolls by. */
    private const int LINES_LEFT = 8;
    private const int ROWS_MIN = 3;

    /** @var array<string, int> events received, at the last look */
    private array $received = [];
    private float $lookedAt = 0.0;

    /** @param ConsoleSectionOutput $table the only section: one for the lines above would keep them all in memory */
    public function __construct(
        private readonly OutputInterface $log,
        private readonly ConsoleSectionOutput $table,
    ) {}

    public function status(array $health): void
    {
        $now = Worker::now();
        // Those that need a look first: there may be more servers than lines.
        uasort($health, static fn(ServerHealth $a, ServerHealth $b): int => $a->isReady() <=> $b->isReady());
        $rows = array_map(fn(ServerHealth $one): array => $this->row($one, $now - $this->lookedAt), $health);
        $this->lookedAt = $now;
        $shown = array_slice($rows, 0, max(self::ROWS_MIN, new Terminal()->getHeight() - self::LINES_LEFT));
        $drawing = new BufferedOutput(decorated: $this->table->isDecorated(), formatter: $this->table->getFormatter());
        $headers = ['server', 'state', 'events/s', 'queue', 'lag', 'dropped'];
        new Table($drawing)
            ->setHeaders($headers)
            ->setRows(array_values($shown))
            ->render();
        $more = count($rows) - count($shown);
        $this->table->overwrite(rtrim($drawing->fetch()) . ($more > 0 ? "\nand $more more" : ''));
    }

    protected function line(string $level, string $type, string $text, array $fields): void
    {
        $style = $level === 'info' ? 'info' : 'error';
        $drawn = $this->table->getContent();
        $this->table->clear();
        $this->log->writeln("<$style>" . OutputFormatter::escape($text) . "</$style>");
        $this->table->write($drawn);
    }

    /** @return list<string> */
    private function row(ServerHealth $health, float $seconds): array
    {
        $before = $this->received[$health->serverKey] ?? $health->eventsReceived;
        $this->received[$health->serverKey] = $health->eventsReceived;

        return [
            $health->serverKey,
            $health->isReady()
                ? "<info>{$health->state->value}</info>"
                : '<comment>' . rtrim("{$health->state->value} {$health->lastDisconnect?->value}") . '</comment>',
            number_format(($health->eventsReceived - $before) / max($seconds, 0.001)),
            number_format($health->queueDepth),
            $health->eventLagSeconds === null ? '' : round($health->eventLagSeconds * 1_000) . ' ms',
            number_format($health->eventsDropped),
        ];
    }
}
