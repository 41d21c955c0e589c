<?php

declare(strict_types=1);

namespace Apn\AmiClient\Metrics;

use Apn\AmiClient\CircuitState;
use Apn\AmiClient\ConnectionState;
use Apn\AmiClient\ServerHealth;

/**
 * ServerHealth as metric families.
 *
 * @internal
 *
 * @phpstan-import-type Family from PrometheusRenderer
 */
final class HealthMetrics
{
    /**
     * @param array<string, ServerHealth> $health
     *
     * @return array<string, Family> in a fixed order; what no server has is left out
     */
    public static function of(array $health): array
    {
        $families = [];
        foreach (self::families() as $name => [$type, $help, $samples]) {
            $values = [];
            foreach ($health as $server) {
                foreach ($samples($server) as [$labels, $value]) {
                    $values[] = ['labels' => ['server' => $server->serverKey, ...$labels], 'value' => $value];
                }
            }
            if ($values !== []) {
                $families[$name] = ['type' => $type, 'help' => $help, 'values' => $values];
            }
        }

        return $families;
    }

    /** @return array<string, array{'counter'|'gauge', string, \Closure(ServerHealth): list<array{array<string, string>, int|float}>}> */
    private static function families(): array
    {
        $one = static fn(\Closure $value): \Closure => static function (ServerHealth $health) use ($value): array {
            $number = $value($health);

            return $number === null ? [] : [[[], $number]];
        };

        return [
            'ami_server_ready' => [
                'gauge',
                '1 where the server takes actions and delivers events.',
                $one(static fn(ServerHealth $h): int => (int) $h->isReady()),
            ],
            'ami_server_state' => ['gauge', '1 at the state that the session is in.', self::states(...)],
            'ami_server_circuit' => ['gauge', '1 at the state that the circuit breaker is in.', self::circuits(...)],
            'ami_server_connect_attempt' => [
                'gauge',
                'Attempts to connect since the server was last ready.',
                $one(static fn(ServerHealth $h): int => $h->attempt),
            ],
            'ami_server_next_retry_timestamp_seconds' => [
                'gauge',
                'When the next attempt to connect is due.',
                $one(static fn(ServerHealth $h): ?float => $h->nextRetryAt),
            ],
            'ami_server_pending_actions' => [
                'gauge',
                'Actions that wait for their answer.',
                $one(static fn(ServerHealth $h): int => $h->pendingActions),
            ],
            'ami_server_event_queue_events' => [
                'gauge',
                'Events that wait for their listeners.',
                $one(static fn(ServerHealth $h): int => $h->queueDepth),
            ],
            'ami_server_event_queue_bytes' => [
                'gauge',
                'Memory of the events that wait for their listeners.',
                $one(static fn(ServerHealth $h): int => $h->queueBytes),
            ],
            'ami_server_events_received_total' => [
                'counter',
                'Events read from the server.',
                $one(static fn(ServerHealth $h): int => $h->eventsReceived),
            ],
            'ami_server_events_filtered_total' => [
                'counter',
                'Events that no listener wanted.',
                $one(static fn(ServerHealth $h): int => $h->eventsFiltered),
            ],
            'ami_server_events_dropped_total' => [
                'counter',
                'Events lost to a full queue.',
                $one(static fn(ServerHealth $h): int => $h->eventsDropped),
            ],
            'ami_server_reconnects_total' => [
                'counter',
                'Sessions after the first.',
                $one(static fn(ServerHealth $h): int => $h->reconnects),
            ],
            'ami_server_ping_seconds' => [
                'gauge',
                'Round trip of the last keepalive.',
                $one(static fn(ServerHealth $h): ?float => $h->lastPingSeconds),
            ],
            'ami_server_last_received_timestamp_seconds' => [
                'gauge',
                'When the last byte came.',
                $one(static fn(ServerHealth $h): ?float => $h->lastReceivedAt),
            ],
            'ami_server_event_lag_seconds' => [
                'gauge',
                'From the socket to the listener, of the last event delivered.',
                $one(static fn(ServerHealth $h): ?float => $h->eventLagSeconds),
            ],
        ];
    }

    /** @return list<array{array<string, string>, int}> */
    private static function states(ServerHealth $health): array
    {
        return array_map(static fn(ConnectionState $state): array => [
            ['state' => $state->value],
            (int) ($state === $health->state),
        ], ConnectionState::cases());
    }

    /** @return list<array{array<string, string>, int}> */
    private static function circuits(ServerHealth $health): array
    {
        return array_map(static fn(CircuitState $state): array => [
            ['state' => $state->value],
            (int) ($state === $health->circuit),
        ], CircuitState::cases());
    }
}
