<?php

declare(strict_types=1);

namespace Apn\AmiClient;

use Apn\AmiClient\Exception\InvalidConfigurationException;

/**
 * Parses a server that is given as one line, for example in an environment variable: `ami://user:secret@host:port`, or `amis://` for TLS.
 *
 * The default port is 5038, and 5039 with TLS. User and secret are percent-encoded, as by rawurlencode(). The other keys of
 * ServerConfig::fromArray() can follow as a query: `?event_mask=off`, `?tls[ca_file]=/etc/ssl/pbx1.pem`,
 * `?options[read_timeout]=60`.
 */
final class Dsn
{
    private const array PORTS = ['ami' => 5038, 'amis' => 5039];
    private const string ENCODED = '; characters such as "/", "?", "#" and "@" of a secret must be percent-encoded, as rawurlencode() does it';

    /** @throws InvalidConfigurationException the message does not contain the DSN, because the DSN contains the secret */
    public static function server(string $key, #[\SensitiveParameter] string $dsn): ServerConfig
    {
        return ServerConfig::fromArray($key, self::parse($dsn));
    }

    /**
     * Returns the server as an element of `servers` in the array of AmiClientManager::fromConfig().
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
     * Converts the strings of the query to numbers and bools.
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
