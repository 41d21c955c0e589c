<?php

declare(strict_types=1);

namespace Apn\AmiClient\Cli;

use Apn\AmiClient\Dsn;
use Apn\AmiClient\Exception\InvalidConfigurationException;

/**
 * Loads the servers for a command, as the array that AmiClientManager::fromConfig() takes.
 *
 * The array comes from a PHP file that returns it (--config or AMI_CONFIG), or describes one server by the environment: AMI_DSN, or AMI_HOST, AMI_PORT,
 * AMI_USERNAME, AMI_SECRET or AMI_SECRET_FILE, and AMI_TLS_CA (a file; turns TLS on). AMI_SERVER is the server's key, by default "default".
 */
final class Configuration
{
    /**
     * @param array<string, string> $environment
     *
     * @return array<string, mixed>
     *
     * @throws UsageException
     */
    public static function load(?string $file, array $environment): array
    {
        $file ??= $environment['AMI_CONFIG'] ?? null;
        if ($file !== null) {
            return self::ofFile($file);
        }
        if (isset($environment['AMI_DSN'])) {
            return self::ofDsn($environment);
        }
        if (!isset($environment['AMI_HOST'])) {
            throw new UsageException(
                'no server: give --config=FILE, or set AMI_HOST, AMI_USERNAME and AMI_SECRET, or AMI_DSN; see ami --help',
            );
        }

        return self::ofEnvironment($environment);
    }

    /**
     * @param array<string, mixed> $config an array of load() that a manager has accepted
     *
     * @return list<string>
     */
    public static function redactionKeys(array $config): array
    {
        $cluster = $config['cluster'] ?? null;
        $keys = is_array($cluster) ? $cluster['redaction_keys'] ?? [] : [];

        return is_array($keys) ? array_values(array_filter($keys, is_string(...))) : [];
    }

    /** @return array<string, mixed> */
    private static function ofFile(string $file): array
    {
        if (!is_file($file)) {
            throw new UsageException("--config: there is no file {$file}");
        }
        try {
            /** @var mixed $config */
            $config = (static fn(): mixed => require $file)();
        } catch (\Throwable $error) {
            // The message may contain a line of the file, and the file contains secrets.
            throw new UsageException(
                "--config: {$file} does not run: " . $error::class . " at line {$error->getLine()}",
            );
        }
        if (!is_array($config) || !isset($config['servers'])) {
            throw new UsageException("--config: {$file} does not return an array with \"servers\"");
        }

        $known = [];
        foreach (['default', 'routing', 'servers', 'options', 'cluster'] as $key) {
            if (isset($config[$key])) {
                $known[$key] = $config[$key];
            }
        }

        return $known;
    }

    /**
     * @param array<string, string> $environment
     *
     * @return array<string, mixed>
     */
    private static function ofDsn(array $environment): array
    {
        foreach (['AMI_HOST', 'AMI_PORT', 'AMI_USERNAME', 'AMI_SECRET', 'AMI_SECRET_FILE', 'AMI_TLS_CA'] as $other) {
            if (isset($environment[$other])) {
                throw new UsageException("AMI_DSN and {$other} are both set: the server comes from one of them");
            }
        }
        $key = $environment['AMI_SERVER'] ?? 'default';
        try {
            return ['default' => $key, 'servers' => [$key => Dsn::parse($environment['AMI_DSN'])]];
        } catch (InvalidConfigurationException $error) {
            throw new UsageException("AMI_DSN: {$error->getMessage()}");
        }
    }

    /**
     * @param array<string, string> $environment
     *
     * @return array<string, mixed>
     */
    private static function ofEnvironment(array $environment): array
    {
        $key = $environment['AMI_SERVER'] ?? 'default';
        $port = $environment['AMI_PORT'] ?? '5038';
        if (!ctype_digit($port)) {
            throw new UsageException("AMI_PORT is {$port}, must be a number");
        }
        $server = [
            'host' => $environment['AMI_HOST'],
            'port' => (int) $port,
            'username' => $environment['AMI_USERNAME'] ?? throw new UsageException(
                'AMI_USERNAME is not set: the account of manager.conf',
            ),
            'secret' => self::secret($environment),
        ];
        if (isset($environment['AMI_TLS_CA'])) {
            $server['tls'] = ['ca_file' => $environment['AMI_TLS_CA']];
        }

        return ['default' => $key, 'servers' => [$key => $server]];
    }

    /** @param array<string, string> $environment */
    private static function secret(array $environment): string
    {
        $file = $environment['AMI_SECRET_FILE'] ?? null;
        if ($file === null) {
            return $environment['AMI_SECRET'] ?? throw new UsageException(
                "AMI_SECRET is not set: the account's secret, or AMI_SECRET_FILE with the file that has it",
            );
        }
        $secret = is_readable($file) ? file_get_contents($file) : false;

        return $secret === false
            ? throw new UsageException("AMI_SECRET_FILE: cannot read {$file}")
            : rtrim($secret, "\r\n");
    }
}
