<?php

declare(strict_types=1);

namespace Apn\AmiClient\Laravel\Records;

/** What workers leave for people and for each other: who is alive, how servers do, what happened to them, what is asked of whom. */
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

    /** @return array<string, array<string, mixed>> by worker */
    public function workers(): array;

    /** @param array<string, mixed> $transition */
    public function addTransition(string $server, array $transition): void;

    /** @return list<array<string, mixed>> the newest first */
    public function history(string $server): array;

    /** Asks one worker to hand over what it holds and to end. */
    public function askToDrain(string $worker): void;

    public function isAskedToDrain(string $worker): bool;

    /** Asks all workers of now to end. */
    public function askToRestart(): void;

    /** Differs once they are asked. */
    public function restartMark(): string;
}
