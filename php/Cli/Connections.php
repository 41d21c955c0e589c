<?php

declare(strict_types=1);

namespace Apn\AmiClient\Cli;

use Apn\AmiClient\AmiClientManager;
use Apn\AmiClient\ConnectionState;
use Apn\AmiClient\DisconnectReason;

/** Selects the servers of a command, and waits until they are ready. */
final class Connections
{
    public const string ALL = 'all';
    private const int STEP_MS = 50;

    /** @var array<string, string> by server, the reason and detail of its last lost session or failed connect */
    private array $details = [];

    public function __construct(
        private readonly AmiClientManager $manager,
        private readonly Console $console,
    ) {
        $manager->onStateChange(function (
            string $server,
            ConnectionState $from,
            ConnectionState $to,
            ?DisconnectReason $reason,
            string $detail,
        ): void {
            if ($reason !== null) {
                $this->details[$server] = rtrim("{$reason->value}: {$detail}", ': ');
            }
        });
    }

    /**
     * Takes the server from the words: a key, or "all". Without either, the server is the only one that is configured.
     *
     * @param list<string> $words
     *
     * @return array{list<string>, list<string>} keys, and the remaining words
     *
     * @throws UsageException
     */
    public function chosen(array $words): array
    {
        $known = $this->manager->serverKeys();
        $first = $words[0] ?? null;
        if ($first !== null && in_array($first, $known, strict: true)) {
            return [[$first], array_slice($words, offset: 1)];
        }
        if ($first === self::ALL) {
            return [$known, array_slice($words, offset: 1)];
        }
        if (count($known) === 1) {
            return [$known, $words];
        }
        $what = $first === null ? 'a server is needed' : "there is no server {$first}";

        throw new UsageException("{$what}: known are " . implode(', ', $known) . ', or all of them by "all"');
    }

    /**
     * Connects, and waits until each server is ready or can no longer become ready in time.
     *
     * @param list<string> $keys
     *
     * @return array<string, string> by server, why it is not ready; without the servers that are ready
     */
    public function open(array $keys, float $seconds): array
    {
        $deadline = microtime(true) + $seconds;
        foreach ($keys as $key) {
            $this->manager->server($key)->open();
        }
        $this->console->whileWaiting('waiting for ' . implode(', ', $keys), function () use ($keys, $deadline): void {
            while ($this->isUnsettled($keys, $deadline) && microtime(true) < $deadline) {
                $this->manager->tick(self::STEP_MS);
            }
        });
        $failed = [];
        foreach ($keys as $key) {
            if (!$this->manager->server($key)->isReady()) {
                $failed[$key] = $this->details[$key] ?? 'no answer';
            }
        }

        return $failed;
    }

    /** @return array<string, string> by server, the reason and detail of its last lost session or failed connect */
    public function details(): array
    {
        return $this->details;
    }

    /** Prints to standard error when a server becomes ready, is lost or cannot be reached. */
    public function announce(): void
    {
        $this->manager->onStateChange(function (
            string $server,
            ConnectionState $from,
            ConnectionState $to,
            ?DisconnectReason $reason,
            string $detail,
        ): void {
            $isLost = $to === ConnectionState::Disconnected && $reason !== DisconnectReason::Requested;
            match (true) {
                $to === ConnectionState::Ready => $this->console->error("{$server}: ready"),
                $isLost && $from === ConnectionState::Ready => $this->console->error(
                    "{$server}: lost: {$reason?->value}, {$detail}",
                ),
                $isLost => $this->console->error("{$server}: not connected: {$reason?->value}, {$detail}"),
                default => null,
            };
        });
    }

    /** @param list<string> $keys */
    private function isUnsettled(array $keys, float $deadline): bool
    {
        foreach ($keys as $key) {
            $health = $this->manager->server($key)->health();
            $isHopeless = $health->state === ConnectionState::Disconnected && $health->nextRetryAt > $deadline;
            if (!$health->isReady() && !$isHopeless) {
                return true;
            }
        }

        return false;
    }
}
