<?php

declare(strict_types=1);

namespace Apn\AmiClient\Laravel\Config;

use Apn\AmiClient\Exception\InvalidConfigurationException;
use Apn\AmiClient\ServerConfig;
use Closure;

/**
 * The servers there are: those of config/ami.php, or what the application's closure returns.
 *
 * One that is refused does not keep the others from being used.
 */
final class ServerSource
{
    /** @var ?Closure(): iterable<string, array<string, mixed>> */
    private ?Closure $using = null;

    /** @var ?array<string, mixed> what the closure returned last */
    private ?array $rows = null;
    private float $readAt = 0.0;

    /** @var array<string, InvalidConfigurationException> those that all() left out last */
    public private(set) array $refused = [];

    public function __construct(
        private readonly Settings $settings,
    ) {}

    /** @param Closure(): iterable<string, array<string, mixed>> $servers */
    public function using(Closure $servers): void
    {
        $this->using = $servers;
        $this->forget();
    }

    /** Has the closure called again at the next question. */
    public function forget(): void
    {
        $this->rows = null;
    }

    /** @return list<string> */
    public function keys(): array
    {
        return array_map(strval(...), array_keys($this->rows()));
    }

    public function get(string $server): ServerConfig
    {
        return $this->settings->server($server, $this->rows()[$server] ?? null, $this->path($server));
    }

    /**
     * @return array<string, ServerConfig>
     *
     * @throws InvalidConfigurationException when there are servers, and every one of them is refused
     */
    public function all(): array
    {
        $this->settings->refuseOldKeys();
        $servers = $this->refused = [];
        foreach ($this->rows() as $key => $server) {
            try {
                $servers[$key] = $this->settings->server((string) $key, $server, $this->path((string) $key));
            } catch (InvalidConfigurationException $refused) {
                $this->refused[(string) $key] = $refused;
            }
        }

        return $servers === [] && $this->refused !== []
            ? throw $this->refused[array_key_first($this->refused)]
            : $servers;
    }

    /** @return array<string, mixed> the servers as they are written, by key */
    public function rows(): array
    {
        if ($this->using === null) {
            return $this->settings->array('servers');
        }
        $now = hrtime(as_number: true) / 1e9;
        if ($this->rows === null || ($now - $this->readAt) >= $this->settings->number('listen.refresh', min: 0.1)) {
            $this->rows = iterator_to_array(($this->using)());
            $this->readAt = $now;
        }

        return $this->rows;
    }

    private function path(string $key): string
    {
        return $this->using === null ? "ami.servers.$key" : "ami.servers.$key (from Ami::serversUsing)";
    }
}
