<?php

declare(strict_types=1);

namespace Apn\AmiClient\Laravel\Worker;

use Apn\AmiClient\AmiEvent;
use Apn\AmiClient\ConnectionState;
use Apn\AmiClient\DisconnectReason;
use Apn\AmiClient\Gap;
use Apn\AmiClient\Laravel\Routing\Route;
use Apn\AmiClient\ServerHealth;

/** What a worker tells whoever started it: in a sentence for people, and in fields for log collectors. */
abstract class Output
{
    /** @param array<string, mixed> $fields */
    abstract protected function line(string $level, string $type, string $text, array $fields): void;

    /**
     * Called about once a second.
     *
     * @param array<string, ServerHealth> $health of the servers that the worker holds
     */
    public function status(array $health): void {}

    /**
     * @param list<string> $servers
     * @param list<Route> $routes
     */
    public function started(string $worker, array $servers, array $routes): void
    {
        $text = "Worker $worker listens to " . implode(', ', $servers);
        $subscriptions = [];
        foreach ($routes as $route) {
            $where = array_keys($route->where);
            $subscriptions[] = ['events' => $route->names, 'where' => $where, 'by' => $route->label];
            $headers = $where === [] ? '' : ' where ' . implode(', ', $where);
            $text .= "\n  " . implode(', ', $route->names) . "$headers for {$route->label}";
        }
        $this->line('info', 'started', $text, [
            'worker' => $worker,
            'pid' => getmypid(),
            'servers' => $servers,
            'subscriptions' => $subscriptions,
        ]);
        foreach ($routes as $route) {
            if ($route->isCatchAll()) {
                $this->note('warning', "every event is made an object and delivered, for {$route->label}");
            }
        }
    }

    public function event(AmiEvent $event): void
    {
        // The first one is the name.
        $headers = array_slice($event->getRawHeaders(), 1);
        $pairs = array_map(static fn(array $header): string => " {$header[0]}={$header[1]}", $headers);
        $this->line('info', 'event', "{$event->serverKey} {$event->name}" . implode('', $pairs), [
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
        $level = $reason === null || $reason === DisconnectReason::Requested ? 'info' : 'warning';
        $this->line($level, 'state', rtrim("$server: {$to->value} {$reason?->value} $detail"), [
            'server' => $server,
            'from' => $from->value,
            'to' => $to->value,
            'reason' => $reason?->value,
            'detail' => $detail,
        ]);
    }

    public function gap(Gap $gap): void
    {
        $why = $gap->reason === null ? "{$gap->dropped} dropped" : $gap->reason->value;
        $this->line('warning', 'gap', "{$gap->serverKey}: events are missing ($why)", [
            'server' => $gap->serverKey,
            'from' => $gap->from,
            'to' => $gap->to,
            'reason' => $gap->reason?->value,
            'dropped' => $gap->dropped,
        ]);
    }

    public function note(string $level, string $message): void
    {
        $this->line($level, 'note', $message, ['message' => $message]);
    }

    public function stopped(StopReason $reason): void
    {
        $this->line('info', 'stopped', "Stopped: {$reason->value}.", ['reason' => $reason->value]);
    }
}
