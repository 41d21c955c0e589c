<?php

declare(strict_types=1);

namespace Apn\AmiClient\Laravel\Testing;

use Apn\AmiClient\AmiClientManager;
use Apn\AmiClient\Laravel\Worker\Feed;
use Apn\AmiClient\Laravel\Worker\ServerPool;
use Apn\AmiClient\Laravel\Worker\Statistics;

/** Holds every server of the fake. */
final readonly class FakeServerPool implements ServerPool
{
    /** @param list<string> $servers */
    public function __construct(
        private AmiClientManager $manager,
        private array $servers,
    ) {}

    public function feeds(): array
    {
        $feeds = [];
        foreach ($this->servers as $server) {
            $feeds[$server] = new Feed($this->manager->server($server), [], new Statistics(), 'fake');
        }

        return $feeds;
    }

    public function term(string $server): ?string
    {
        return '1';
    }

    public function start(bool $force): array
    {
        return [];
    }

    public function expired(array $terms): array
    {
        return [];
    }

    public function turn(float $now): float
    {
        return INF;
    }

    public function drain(float $now): bool
    {
        return true;
    }

    public function finish(float $now): void {}
}
