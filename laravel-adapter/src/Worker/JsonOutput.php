<?php

declare(strict_types=1);

namespace Apn\AmiClient\Laravel\Worker;

use Apn\AmiClient\AmiEvent;
use Apn\AmiClient\ConnectionState;
use Apn\AmiClient\DisconnectReason;
use Apn\AmiClient\Gap;
use Apn\AmiClient\Laravel\Routing\Route;
use DateTimeImmutable;
use Symfony\Component\Console\Output\OutputInterface;

/** One JSON object a line, for log collectors and pipes. */
final readonly class JsonOutput implements Output
{
    private const int FLAGS =
        JSON_INVALID_UTF8_SUBSTITUTE | JSON_UNESCAPED_SLASHES | JSON_UNESCAPED_UNICODE | JSON_THROW_ON_ERROR;

    public function __construct(
        private OutputInterface $output,
    ) {}

    public function started(string $worker, array $servers, array $routes): void
    {
        $this->line('info', 'started', [
            'worker' => $worker,
            'pid' => getmypid(),
            'servers' => $servers,
            'subscriptions' => array_map(static fn(Route $route): array => [
                'events' => $route->names,
                'where' => array_keys($route->where),
                'by' => $route->label,
            ], $routes),
        ]);
        foreach ($routes as $route) {
            if ($route->isCatchAll()) {
                $this->note('warning', "every event is made an object and delivered, for {$route->label}");
            }
        }
    }

    public function event(AmiEvent $event): void
    {
        $this->line('info', 'event', [
            'server' => $event->serverKey,
            'event' => $event->name,
            'sequence' => $event->sequence,
            'received_at' => $event->receivedAt,
            'headers' => $event->getHeaders(),
        ]);
    }

    public function state(
        string $server,
        ConnectionState $from,
        ConnectionState $to,
        ?DisconnectReason $reason,
        string $detail,
    ): void {
        $this->line($reason === null || $reason === DisconnectReason::Requested ? 'info' : 'warning', 'state', [
            'server' => $server,
            'from' => $from->value,
            'to' => $to->value,
            'reason' => $reason?->value,
            'detail' => $detail,
        ]);
    }

    public function gap(Gap $gap): void
    {
        $this->line('warning', 'gap', [
            'server' => $gap->serverKey,
            'from' => $gap->from,
            'to' => $gap->to,
            'reason' => $gap->reason?->value,
            'dropped' => $gap->dropped,
        ]);
    }

    public function note(string $level, string $message): void
    {
        $this->line($level, 'note', ['message' => $message]);
    }

    public function status(array $health): void {}

    public function stopped(StopReason $reason): void
    {
        $this->line('info', 'stopped', ['reason' => $reason->value]);
    }

    /** @param array<string, mixed> $fields */
    private function line(string $level, string $type, array $fields): void
    {
        $at = new DateTimeImmutable()->format('Y-m-d\TH:i:s.uP');
        $this->output->writeln(
            (string) json_encode([
                'level' => $level,
                'type' => $type,
                'timestamp' => $at,
                ...$fields,
            ], self::FLAGS),
            OutputInterface::OUTPUT_RAW,
        );
    }
}
