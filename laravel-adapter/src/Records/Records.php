<?php

declare(strict_types=1);

namespace Apn\AmiClient\Laravel\Records;

/**
 * What workers write down for people and for each other: who is alive, how the servers are, and what is asked of whom.
 *
 * @phpstan-type Sink array{waiting: int, written: int, dropped: int, refused: int, away: bool}
 * @phpstan-type Worker array{mode: string, started_at: float, seen_at: float, draining: bool, paused: bool, memory_bytes: int, events: int, slowest: ?array{label: string, seconds: float}, sinks: array<string, Sink>, servers: array<string, array<string, mixed>>}
 */
interface Records
{
    /** Transitions kept of each server. */
    public const int HISTORY_MAX = 200;

    /**
     * @param array<string, mixed> $record
     * @param float $seconds after which the worker counts as gone
     */
    public function put(string $worker, array $record, float $seconds): void;

    public function forget(string $worker): void;

    /** @return array<string, Worker> */
    public function workers(): array;

    /** @param array<string, mixed> $transition */
    public function addTransition(string $server, array $transition): void;

    /** @return list<array<string, mixed>> the newest first */
    public function history(string $server): array;

    /** Asks one worker for something, once: to "drain", to "pause", to "continue". */
    public function ask(string $worker, string $what): void;

    /** What was asked of the worker since the last call. */
    public function asked(string $worker): ?string;

    /** Asks all "workers" or "readers" that run now to end. */
    public function askToRestart(string $which = 'workers'): void;

    /** Differs once they are asked. */
    public function restartMark(string $which = 'workers'): string;

    /** True for the first caller within so many seconds. */
    public function claimOnce(string $key, float $seconds): bool;

    /**
     * @param list<string> $servers
     *
     * @return array<string, array{owner: ?string, last_owner: ?string, fence: int, last_seen: float}> by server, where that is known beside the workers' records
     */
    public function owners(array $servers): array;

    /** @return array<string, array{process: ?string, behind: int, lost: int, lost_at: ?float}> the readers of the stream, by name */
    public function readers(): array;
}
