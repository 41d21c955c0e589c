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
 * @phpstan-import-type Sample from PrometheusRenderer
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
        $families = [
            'ami_server_ready' => self::gauge(
                'Takes actions and delivers events: 1, or 0.',
                $health,
                static fn(ServerHealth $server): int => (int) $server->isReady(),
            ),
            'ami_server_state' => self::states($health),
            'ami_server_circuit' => self::circuits($health),
            'ami_server_connect_attempt' => self::gauge(
                'Attempts to connect since the server was last ready.',
                $health,
                static fn(ServerHealth $server): int => $server->attempt,
            ),
            'ami_server_next_retry_timestamp_seconds' => self::gauge(
                'When the next attempt to connect is due.',
                $health,
                static fn(ServerHealth $server): ?float => $server->nextRetryAt,
            ),
            'ami_server_pending_actions' => self::gauge(
                'Actions that wait for their answer.',
                $health,
                static fn(ServerHealth $server): int => $server->pendingActions,
            ),
            'ami_server_event_queue_events' => self::gauge(
                'Events that wait for their listeners.',
                $health,
                static fn(ServerHealth $server): int => $server->queueDepth,
            ),
            'ami_server_event_queue_bytes' => self::gauge(
                'Memory of the events that wait for their listeners.',
                $health,
                static fn(ServerHealth $server): int => $server->queueBytes,
            ),
            'ami_server_events_received_total' => self::counter(
                'Events read from the server.',
                $health,
                static fn(ServerHealth $server): int => $server->eventsReceived,
            ),
            'ami_server_events_filtered_total' => self::counter(
                'Events that no listener wanted.',
                $health,
                static fn(ServerHealth $server): int => $server->eventsFiltered,
            ),
            'ami_server_events_dropped_total' => self::counter(
                'Events lost to a full queue.',
                $health,
                static fn(ServerHealth $server): int => $server->eventsDropped,
            ),
            'ami_server_reconnects_total' => self::counter(
                'Sessions after the first.',
                $health,
                static fn(ServerHealth $server): int => $server->reconnects,
            ),
            'ami_server_ping_seconds' => self::gauge(
                'Round trip of the last keepalive.',
                $health,
                static fn(ServerHealth $server): ?float => $server->lastPingSeconds,
            ),
            'ami_server_last_received_timestamp_seconds' => self::gauge(
                'When the last byte came.',
                $health,
                static fn(ServerHealth $server): ?float => $server->lastReceivedAt,
            ),
            'ami_server_event_lag_seconds' => self::gauge(
                'From the socket to the listener, of the last event delivered.',
                $health,
                static fn(ServerHealth $server): ?float => $server->eventLagSeconds,
            ),
        ];

        return array_filter($families, static fn(array $family): bool => $family['values'] !== []);
    }

    /**
     * @param array<string, ServerHealth> $health
     * @param \Closure(ServerHealth): (int|float|null) $value
     *
     * @return Family
     */
    private static function gauge(string $help, array $health, \Closure $value): array
    {
        return ['type' => 'gauge', 'help' => $help, 'values' => self::values($health, $value)];
    }

    /**
     * @param array<string, ServerHealth> $health
     * @param \Closure(ServerHealth): int $value
     *
     * @return Family
     */
    private static function counter(string $help, array $health, \Closure $value): array
    {
        return ['type' => 'counter', 'help' => $help, 'values' => self::values($health, $value)];
    }

    /**
     * @param array<string, ServerHealth> $health
     *
     * @return Family
     */
    private static function states(array $health): array
    {
        $values = [];
        foreach (ConnectionState::cases() as $state) {
            $is = static fn(ServerHealth $server): int => (int) ($server->state === $state);
            $values = [...$values, ...self::values($health, $is, ['state' => $state->value])];
        }

        return ['type' => 'gauge', 'help' => 'Where the session stands: 1 at its state.', 'values' => $values];
    }

    /**
     * @param array<string, ServerHealth> $health
     *
     * @return Family
     */
    private static function circuits(array $health): array
    {
        $values = [];
        foreach (CircuitState::cases() as $state) {
            $is = static fn(ServerHealth $server): int => (int) ($server->circuit === $state);
            $values = [...$values, ...self::values($health, $is, ['state' => $state->value])];
        }

        return ['type' => 'gauge', 'help' => 'Where the circuit breaker stands: 1 at its state.', 'values' => $values];
    }

    /**
     * @param array<string, ServerHealth> $health
     * @param \Closure(ServerHealth): (int|float|null) $value
     * @param array<string, string> $labels
     *
     * @return list<Sample>
     */
    private static function values(array $health, \Closure $value, array $labels = []): array
    {
        $values = [];
        foreach ($health as $server) {
            $number = $value($server);
            if ($number !== null) {
                $values[] = ['labels' => ['server' => $server->serverKey, ...$labels], 'value' => $number];
            }
        }

        return $values;
    }
}
