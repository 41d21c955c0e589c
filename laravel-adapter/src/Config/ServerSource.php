<?php

declare(strict_types=1);

namespace Apn\AmiClient\Laravel\Config;

use Apn\AmiClient\ServerConfig;
use Closure;

/** The servers there are: those of config/ami.php, or what the application's closure says whenever it is asked. */
final class ServerSource
{
    /** @var ?Closure(): iterable<string, array<string, mixed>> */
    private ?Closure $using = null;

    public function __construct(
        private readonly Settings $settings,
    ) {}

    /** @param Closure(): iterable<string, array<string, mixed>> $servers */
    public function using(Closure $servers): void
    {
        $this->using = $servers;
    }

    /** @return array<string, ServerConfig> */
    public function all(): array
    {
        $servers = [];
        foreach ($this->arrays() as $key => $server) {
            $servers[$key] = $this->settings->server((string) $key, $server, $this->path((string) $key));
        }

        return $servers;
    }

    /**
     * One word for each server that differs when anything about it does, its secret too.
     *
     * @return array<string, string>
     */
    public function fingerprints(): array
    {
        $fingerprints = [];
        foreach ($this->arrays() as $key => $server) {
            $fingerprints[(string) $key] = hash('xxh128', serialize($server));
        }

        return $fingerprints;
    }

    /** @return array<array-key, mixed> */
    private function arrays(): array
    {
        return $this->using === null ? $this->settings->servers() : iterator_to_array(($this->using)());
    }

    private function path(string $key): string
    {
        return $this->using === null ? "ami.servers.$key" : "ami.servers.$key (from Ami::serversUsing)";
    }
}
