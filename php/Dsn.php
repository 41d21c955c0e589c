<?php

declare(strict_types=1);

namespace Apn\AmiClient;

use Apn\AmiClient\Exception\InvalidConfigurationException;

/**
 * A server in one line, for an environment variable: `ami://user:secret@host:port`, and `amis://` for TLS.
 *
 * The port is 5038, or 5039 with TLS, where it is left out. User and secret are percent-encoded, as rawurlencode() does it. What
 * ServerConfig::fromArray() takes beside them may follow as a query: `?event_mask=off`, `?tls[ca_file]=/etc/ssl/pbx1.pem`,
 * `?options[read_timeout]=60`.
 */
final class Dsn
{
    private const array PORTS = ['ami' => 5038, 'amis' => 5039];
    private const string ENCODED = '; characters such as "/", "?", "#" and "@" of a secret must be percent-encoded, as rawurlencode() does it';

    /** @throws InvalidConfigurationException without the DSN in its message, since there is a secret in it */
    public static function server(string $key, #[\SensitiveParameter] string $dsn): ServerConfig
    {
        return ServerConfig::fromArray($key, self::parse($dsn));
    }

    /**
     * What stands under `servers` in the array of AmiClientManager::fromConfig().
     *
     * @return array<string, mixed>
     *
     * @throws InvalidConfigurationException
     */
    public static function parse(#[\SensitiveParameter] string $dsn): array
    {
        $parts = parse_url($dsn);
        $scheme = strtolower($parts['scheme'] ?? '');
        $host = $parts['host'] ?? '';
        if ($parts === false || $host === '' || !isset(self::PORTS[$scheme])) {
            throw self::mistake('is not ami://user:secret@host or amis://user:secret@host' . self::ENCODED);
        }
        if (isset($parts['fragment']) || trim($parts['path'] ?? '', '/') !== '') {
            throw self::mistake('has a path or a fragment' . self::ENCODED);
        }
        $server = ['host' => trim($host, '[]'), 'port' => $parts['port'] ?? self::PORTS[$scheme]];
        foreach (['username' => 'user', 'secret' => 'pass'] as $name => $part) {
            if (isset($parts[$part])) {
                $server[$name] = rawurldecode((string) $parts[$part]);
            }
        }
        $more = [];
        parse_str($parts['query'] ?? '', $more);
        if ($scheme === 'amis') {
            $server['tls'] = [];
        } elseif (isset($more['tls'])) {
            throw self::mistake('has options of TLS and begins with ami://: TLS is amis://');
        }

        return [...$server, ...self::typed($more)];
    }

    /**
     * A query has texts only; options are numbers and truth values.
     *
     * @param array<array-key, mixed> $values
     *
     * @return array<string, mixed>
     */
    private static function typed(array $values): array
    {
        $typed = [];
        foreach ($values as $name => $value) {
            $typed[(string) $name] = match (true) {
                is_array($value) => array_is_list($value) ? $value : self::typed($value),
                $value === 'true', $value === 'false' => $value === 'true',
                is_numeric($value) => $value + 0,
                default => $value,
            };
        }

        return $typed;
    }

    private static function mistake(string $what): InvalidConfigurationException
    {
        return new InvalidConfigurationException("the DSN {$what}");
    }

    private function __construct() {}
}
