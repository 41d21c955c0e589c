<?php

declare(strict_types=1);

namespace Apn\AmiClient\Laravel\Worker;

/** Decides which servers this worker holds. */
interface ServerPool extends Task
{
    /**
     * Takes the servers this worker was told to hold.
     *
     * @throws ServerHeldException where other workers hold them; then nothing was taken
     */
    public function start(): void;

    /** @return array<string, Feed> */
    public function feeds(): array;

    /**
     * Called before jobs are pushed, so that a worker that lost a server without noticing pushes nothing of it.
     *
     * @param list<string> $servers
     *
     * @return array<string, int> the terms below which they are over, by server; [] where nobody else can hold them
     */
    public function fences(array $servers): array;

    /** Gives the servers away before the worker ends; called again until it returns true. */
    public function drain(float $now): bool;
}
