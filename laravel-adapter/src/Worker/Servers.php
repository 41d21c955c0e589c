<?php

declare(strict_types=1);

namespace Apn\AmiClient\Laravel\Worker;

use Apn\AmiClient\AmiClientManager;
use Apn\AmiClient\Exception\UnknownServerException;
use Apn\AmiClient\Laravel\Config\ServerSource;
use Apn\AmiClient\ServerConfig;

/** The servers a worker looks after, as the application configures them now. */
final class Servers
{
    /** @var array<string, ServerConfig> as the manager has them */
    private array $known;

    /** @var array<string, mixed> how they were written */
    private array $rows;

    /** @var array<string, string> messages already reported, by server */
    private array $reported = [];

    /** @param ?list<string> $wanted null for all */
    public function __construct(
        private readonly AmiClientManager $manager,
        private readonly ServerSource $source,
        private readonly ?array $wanted,
        private readonly Output $output,
        private readonly QuietReport $report,
    ) {
        $this->known = $source->all();
        $this->rows = array_intersect_key($source->rows(), $this->known);
        foreach ($wanted ?? [] as $server) {
            if (!isset($this->known[$server])) {
                throw $source->refused[$server] ?? self::unknown($server, array_keys($this->known));
            }
        }
        $this->reportRefused();
    }

    /** @param list<array-key> $known */
    public static function unknown(string $server, array $known): UnknownServerException
    {
        $there = implode(', ', $known) ?: 'none';

        return new UnknownServerException("there is no server \"$server\" in config ami.servers: there are $there");
    }

    /** @return list<string> */
    public function keys(): array
    {
        $keys = array_map(strval(...), array_keys($this->known));

        return $this->wanted === null ? $keys : array_values(array_intersect($this->wanted, $keys));
    }

    /** Where the server is: two applications that share a Redis must not take each other's servers. */
    public function address(string $server): string
    {
        return self::addressOf($this->known[$server]);
    }

    public static function addressOf(ServerConfig $config): string
    {
        return "{$config->host}:{$config->port}";
    }

    /**
     * Asks the source again, and has the manager follow. A server that is refused stays as it was.
     *
     * @param \Closure(string): void $leave called for a server that goes or changes, before it does
     *
     * @return list<string> those that are gone, new or different
     */
    public function follow(\Closure $leave): array
    {
        $this->source->forget();
        $configs = $this->source->all();
        $refused = $this->source->refused;
        $rows = array_intersect_key($this->source->rows(), $configs) + array_intersect_key($this->rows, $refused);
        $configs += array_intersect_key($this->known, $refused);
        $changed = [];
        foreach (array_map(strval(...), array_keys($this->rows + $rows)) as $server) {
            if (($rows[$server] ?? null) === ($this->rows[$server] ?? null)) {
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
        $this->known = $configs;
        $this->rows = $rows;
        $this->reportRefused();

        return $changed;
    }

    private function reportRefused(): void
    {
        $reported = [];
        foreach ($this->source->refused as $server => $refusal) {
            $reported[$server] = $refusal->getMessage();
            if (($this->reported[$server] ?? null) !== $refusal->getMessage()) {
                $this->output->note('error', $refusal->getMessage());
                ($this->report)($refusal);
            }
        }
        $this->reported = $reported;
    }
}
