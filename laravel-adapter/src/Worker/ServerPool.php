<?php

declare(strict_types=1);

namespace Apn\AmiClient\Laravel\Worker;

/** Decides which servers this worker holds. */
interface ServerPool extends Task
{
    /**
     * Takes the servers this worker was told to hold.
     *
     * @return array<string, string> the workers that hold them instead, by server; then nothing was taken
     */
    public function start(bool $force): array;

    /** @return array<string, Feed> */
    public function feeds(): array;

    /** The term under which the server is held; null where it is not held. It is part of every event's id. */
    public function term(string $server): ?string;

    /**
     * Called before jobs are pushed, so that a worker that lost a server without noticing pushes nothing of it.
     *
     * @param array<string, list<string>> $terms by server
     *
     * @return list<string> each "server:term" that is over
     */
    public function expired(array $terms): array;

    /** Gives the servers away before the worker ends; called again until it returns true. */
    public function drain(float $now): bool;
}
