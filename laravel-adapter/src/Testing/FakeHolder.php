<?php

declare(strict_types=1);

namespace Apn\AmiClient\Laravel\Testing;

use Apn\AmiClient\AmiClientManager;
use Apn\AmiClient\Laravel\Worker\Feed;
use Apn\AmiClient\Laravel\Worker\Holder;
use Apn\AmiClient\Laravel\Worker\Tally;

/** Holds every server of the fake. */
final readonly class FakeHolder implements Holder
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
            $feeds[$server] = new Feed($this->manager->server($server), [], new Tally(), 'fake');
        }

        return $feeds;
    }

    public function term(string $server): ?string
    {
        return '1';
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
