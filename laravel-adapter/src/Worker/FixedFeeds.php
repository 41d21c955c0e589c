<?php

declare(strict_types=1);

namespace Apn\AmiClient\Laravel\Worker;

use Apn\AmiClient\AmiClientManager;
use Apn\AmiClient\Laravel\Routing\Route;

/** Holds the servers it was told to, asking nobody: for workers without Redis. */
final class FixedFeeds implements Holder
{
    /** @var array<string, Feed> */
    private array $feeds = [];
    private float $followAt = 0.0;

    /** @param list<Route> $routes */
    public function __construct(
        private readonly AmiClientManager $manager,
        private readonly Servers $servers,
        private readonly array $routes,
        private readonly Tally $tally,
        private readonly string $term,
        private readonly float $refreshSeconds,
        private readonly float $grace,
    ) {}

    public function feeds(): array
    {
        return $this->feeds;
    }

    public function term(string $server): ?string
    {
        return isset($this->feeds[$server]) ? $this->term : null;
    }

    public function turn(float $now): float
    {
        if ($this->followAt > 0.0) {
            $this->servers->follow($this->leave(...));
        }
        $this->followAt = $now + $this->refreshSeconds;
        foreach ($this->servers->keys() as $server) {
            if (!isset($this->feeds[$server])) {
                $this->feeds[$server] = new Feed(
                    $this->manager->server($server),
                    $this->routes,
                    $this->tally,
                    $this->term,
                );
                $this->feeds[$server]->open();
            }
        }

        return $this->followAt;
    }

    public function drain(float $now): bool
    {
        return true;
    }

    public function finish(float $now): void
    {
        $this->manager->terminate($this->grace);
    }

    private function leave(string $server): void
    {
        if (isset($this->feeds[$server])) {
            $this->feeds[$server]->close($this->grace);
            unset($this->feeds[$server]);
        }
    }
}
