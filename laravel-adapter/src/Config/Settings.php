<?php

declare(strict_types=1);

namespace Apn\AmiClient\Laravel\Config;

use Apn\AmiClient\ClientOptions;
use Apn\AmiClient\ClusterOptions;
use Apn\AmiClient\Exception\InvalidConfigurationException;
use Apn\AmiClient\Routing;
use Apn\AmiClient\ServerConfig;
use Illuminate\Contracts\Config\Repository;
use SensitiveParameter;
use TypeError;

/** Reads config/ami.php. What it refuses, it names by its config path, never by a secret. */
final readonly class Settings
{
    public function __construct(
        private Repository $config,
    ) {}

    /** Keys of earlier versions, and what they are now. */
    private const array OLD_KEYS = [
        'bridge' => 'ami.stream for readers, and Laravel\'s own queue for what must be handled once',
        'waits' => 'ami.alerts',
        'cluster.poll_ms' => 'ami.cluster.poll, in seconds',
    ];

    /** @throws InvalidConfigurationException naming the new key */
    public function refuseOldKeys(): void
    {
        foreach (self::OLD_KEYS as $old => $new) {
            if ($this->config->has("ami.$old")) {
                throw self::refused("ami.$old", "it is no longer read: use $new");
            }
        }
    }

    public function clientOptions(): ClientOptions
    {
        return self::at('ami.options', fn(): ClientOptions => ClientOptions::fromArray($this->array('options')));
    }

    public function clusterOptions(): ClusterOptions
    {
        return self::at('ami.cluster.client', fn(): ClusterOptions => ClusterOptions::fromArray($this->array(
            'cluster.client',
        )));
    }

    public function routing(): Routing
    {
        $routing = $this->nullableString('routing') ?? Routing::DefaultServer->value;
        $all = implode(', ', array_map(static fn(Routing $one): string => $one->value, Routing::cases()));
        $why = "it is \"$routing\", must be one of $all";

        return Routing::tryFrom($routing) ?? throw self::refused('ami.routing', $why);
    }

    /** @param string $path where the array stands, for the message */
    public function server(string $key, #[SensitiveParameter] mixed $server, string $path): ServerConfig
    {
        if (!is_array($server)) {
            $is = get_debug_type($server);
            throw self::refused($path, "it is $is, must be an array with host, username and secret");
        }
        /** @var array<string, mixed> $server ServerConfig refuses the keys that it does not know */
        // Values of .env are strings, and one that is left empty is none.
        if (is_string($server['port'] ?? null)) {
            $server['port'] = ctype_digit($server['port'])
                ? (int) $server['port']
                : throw self::refused($path, "port is \"{$server['port']}\", must be 1 to 65535");
        }
        if (($server['event_mask'] ?? null) === '') {
            $server['event_mask'] = null;
        }
        $server['options'] = [...$this->array('options'), ...((array) ($server['options'] ?? []))];

        return self::at($path, static fn(): ServerConfig => ServerConfig::fromArray($key, $server));
    }

    /** @return list<string>|'all'|'cluster' what `ami:listen` listens to where it is not told */
    public function listenTo(): array|string
    {
        $servers = $this->raw('listen.servers') ?? 'all';
        if ($servers === 'all' || $servers === 'cluster') {
            return $servers;
        }
        $names = is_string($servers) ? $servers : implode(',', $this->texts('listen.servers'));

        return preg_split('/[\s,]+/', $names, flags: PREG_SPLIT_NO_EMPTY) ?: [];
    }

    public function string(string $name): string
    {
        return $this->nullableString($name) ?? throw self::refused("ami.$name", 'it is null, must be a string');
    }

    public function nullableString(string $name): ?string
    {
        // In .env, AMI_REDIS_CONNECTION= is none.
        $value = $this->config->get("ami.$name") === '' ? null : $this->config->get("ami.$name");

        return $value === null || is_string($value)
            ? $value
            : throw self::refused("ami.$name", 'it is ' . get_debug_type($value) . ', must be a string');
    }

    public function number(string $name, float $min = 0.0): float
    {
        $value = $this->config->get("ami.$name");

        return is_numeric($value) && (float) $value >= $min
            ? (float) $value
            : throw self::refused("ami.$name", 'it is ' . json_encode($value) . ", must be a number of at least $min");
    }

    public function whole(string $name, int $min = 0): int
    {
        return (int) $this->number($name, $min);
    }

    /** @return array<string, mixed> as it was written: what reads it refuses the keys that it does not know */
    public function array(string $name): array
    {
        /** @var array<string, mixed>|scalar|object $value */
        $value = $this->config->get("ami.$name") ?? [];

        return is_array($value)
            ? $value
            : throw self::refused("ami.$name", 'it is ' . get_debug_type($value) . ', must be an array');
    }

    /** @return list<string> */
    public function texts(string $name): array
    {
        // Of env() for a variable that is not there.
        $values = array_filter($this->array($name), static fn(mixed $value): bool => $value !== null);
        $texts = array_filter($values, is_scalar(...));
        if ($texts !== $values) {
            throw self::refused("ami.$name", 'it is ' . json_encode($values) . ', must be a list of texts');
        }

        return array_map(strval(...), array_values($texts));
    }

    public function raw(string $name): mixed
    {
        return $this->config->get("ami.$name");
    }

    public static function refused(string $path, string $why): InvalidConfigurationException
    {
        return new InvalidConfigurationException("config $path: $why");
    }

    /**
     * @template T
     *
     * @param \Closure(): T $read
     *
     * @return T
     */
    private static function at(string $path, \Closure $read): mixed
    {
        try {
            return $read();
        } catch (InvalidConfigurationException|TypeError $error) {
            throw new InvalidConfigurationException("config $path: {$error->getMessage()}", previous: $error);
        }
    }
}
