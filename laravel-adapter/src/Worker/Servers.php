<?php

declare(strict_types=1);

namespace Apn\AmiClient\Laravel\Worker;

use Apn\AmiClient\AmiClientManager;
use Apn\AmiClient\Exception\UnknownServerException;
use Apn\AmiClient\Laravel\Config\ServerSource;

/** Which servers a worker is to see to, as the application configures them now. */
final class Servers
{
    /** @var array<string, string> fingerprint by server, as the manager has them */
    private array $known;

    /** @param ?list<string> $wanted null for all */
    public function __construct(
        private readonly AmiClientManager $manager,
        private readonly ServerSource $source,
        private readonly ?array $wanted,
    ) {
        $this->known = $source->fingerprints();
        foreach ($wanted ?? [] as $server) {
            if (!isset($this->known[$server])) {
                $there = implode(', ', array_keys($this->known)) ?: 'none';
                throw new UnknownServerException(
                    "there is no server \"$server\" in config ami.servers: there are $there",
                );
            }
        }
    }

    /** @return list<string> */
    public function keys(): array
    {
        $keys = array_map(strval(...), array_keys($this->known));

        return $this->wanted === null ? $keys : array_values(array_intersect($this->wanted, $keys));
    }

    /**
     * Asks the source again, and has the manager follow.
     *
     * @param \Closure(string): void $leave called for a server that goes or changes, before it does
     *
     * @return list<string> those that are gone, new or different
     */
    public function follow(\Closure $leave): array
    {
        $now = $this->source->fingerprints();
        if ($now === $this->known) {
            return [];
        }
        // All are read before any is touched: one that is refused leaves everything as it was.
        $configs = $this->source->all();
        $changed = [];
        foreach ($this->known + $now as $server => $_) {
            $server = (string) $server;
            if (($now[$server] ?? null) === ($this->known[$server] ?? null)) {
                continue;
            }
            if (isset($this->known[$server])) {
                $leave($server);
                $this->manager->removeServer($server);
            }
            if (isset($configs[$server])) {
                $this->manager->addServer($configs[$server]);
            }
            $changed[] = $server;
        }
        $this->known = $now;

        return $changed;
    }
}
