<?php

declare(strict_types=1);

namespace Apn\AmiClient\Laravel\Cluster;

/** Messages between workers. Each worker has a list in Redis. */
final readonly class Inbox
{
    private const int KEPT_MS = 60_000;

    public function __construct(
        private Store $store,
        public string $worker,
    ) {}

    /** @param array<string, mixed> $fields */
    public function send(string $to, MessageType $type, string $server, array $fields = []): void
    {
        $message = ['type' => $type->value, 'from' => $this->worker, 'server' => $server, ...$fields];
        $this->store->command('RPUSH', "inbox:$to", json_encode($message, JSON_THROW_ON_ERROR));
        $this->store->command('PEXPIRE', "inbox:$to", self::KEPT_MS);
    }

    public function close(): void
    {
        $this->store->command('DEL', "inbox:{$this->worker}");
    }
}
