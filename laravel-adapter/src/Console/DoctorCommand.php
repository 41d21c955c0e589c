<?php

declare(strict_types=1);

namespace Apn\AmiClient\Laravel\Console;

use Apn\AmiClient\AmiClientManager;
use Apn\AmiClient\DisconnectReason;
use Apn\AmiClient\Exception\ConnectFailedException;
use Apn\AmiClient\GenericAction;
use Apn\AmiClient\Laravel\Config\ServerSource;
use Apn\AmiClient\Laravel\Config\Settings;
use Apn\AmiClient\Laravel\Redis\Store;
use Apn\AmiClient\Laravel\Routing\EventRoutes;
use Apn\AmiClient\Laravel\Routing\ReadClasses;
use Apn\AmiClient\Laravel\Worker\Worker;
use Apn\AmiClient\ServerConfig;
use RuntimeException;
use Symfony\Component\Console\Attribute\AsCommand;
use Throwable;

#[AsCommand(name: 'ami:doctor')]
final class DoctorCommand extends AmiCommand
{
    protected $signature = 'ami:doctor
        {--server=* : These servers only}
        {--wait=5 : Seconds that a server may take}';

    protected $description = 'Try every server and Redis, and say what is wrong and what to do';

    private bool $isWell;

    public function handle(Settings $settings, ServerSource $source, EventRoutes $routes): int
    {
        $this->isWell = true;
        $this->check(
            'extension ami_client',
            static fn(): string => (
                phpversion('ami_client') ?: throw new RuntimeException('it is missing: install it with PIE or phpize')
            ),
        );
        $servers = [];
        $this->check('config/ami.php', function () use ($source, &$servers): string {
            $servers = $source->all();
            // Made here, not injected: a refused configuration is a finding, not a crash.
            $this->laravel->make(AmiClientManager::class);

            return implode(', ', array_keys($servers)) ?: 'no server';
        });
        foreach ($this->wanted($servers) as $server) {
            $this->server($server, $routes);
        }
        if ($settings->nullableString('redis') !== null) {
            $this->redis($this->laravel->make(Store::class), $settings);
        }

        return $this->isWell ? self::SUCCESS : self::FAILURE;
    }

    protected function worksWithoutExtension(): bool
    {
        return true;
    }

    /**
     * @param array<string, ServerConfig> $servers
     *
     * @return array<string, ServerConfig>
     */
    private function wanted(array $servers): array
    {
        $only = (array) $this->option('server');
        foreach (array_diff($only, array_keys($servers)) as $unknown) {
            $this->check(
                "server $unknown",
                static fn(): never => throw new RuntimeException(
                    'it is not in config ami.servers: there are ' . (implode(', ', array_keys($servers)) ?: 'none'),
                ),
            );
        }

        return $only === [] ? $servers : array_intersect_key($servers, array_flip($only));
    }

    private function server(ServerConfig $config, EventRoutes $routes): void
    {
        $client = $this->laravel->make(AmiClientManager::class)->server($config->key);
        $error = null;
        try {
            $client->open($this->seconds('wait'));
        } catch (ConnectFailedException $failed) {
            $error = $failed;
        }
        // Each of them rests on the one before.
        foreach ([
            'name' => $config->host,
            'TCP' => "port {$config->port}",
            'TLS' => $config->tls === null ? 'off' : 'on',
            'login' => "as {$config->username}",
        ] as $step => $detail) {
            $isFailed = $error !== null && self::step($error->reason) === $step;
            $this->check("{$config->key}: $step", static fn(): string => $isFailed
                ? throw new RuntimeException(self::advice($config, $error), previous: $error)
                : $detail);
            if ($isFailed) {
                return;
            }
        }
        $this->check("{$config->key}: round trip", static function () use ($client): string {
            $began = Worker::now();
            $client->send(new GenericAction('Ping'))->await(5.0);

            return sprintf('%.1f ms', (Worker::now() - $began) * 1_000);
        });
        $this->check("{$config->key}: events for the listeners", function () use ($client, $config, $routes): string {
            $needs = ReadClasses::of($routes->all($this->laravel->make('events')));
            $has = ReadClasses::ofAccount($client, (string) $config->username);
            if ($has === null) {
                return 'the account may not run `manager show user`, so what it may read is not known';
            }
            $missing = in_array('all', $has, strict: true) ? [] : array_diff($needs, $has);
            if ($missing !== []) {
                throw new RuntimeException(
                    self::needs($missing)
                    . ', the account has '
                    . implode(',', $has)
                    . ": add it to read of [{$config->username}] in manager.conf",
                );
            }

            return $needs === []
                ? 'no listener names an event'
                : 'read=' . implode(',', array_unique($needs)) . ' is there';
        });
        $client->close();
    }

    /**
     * One event of each class is enough to understand.
     *
     * @param non-empty-array<string, string> $classes by event
     */
    private static function needs(array $classes): string
    {
        $needs = [];
        foreach (array_unique($classes) as $event => $class) {
            $others = count(array_keys($classes, $class, strict: true)) - 1;
            $needs[] = $event . ($others > 0 ? " (and $others more)" : '') . " needs read=$class";
        }

        return implode(', ', $needs);
    }

    /** At which of them it failed. */
    private static function step(?DisconnectReason $reason): string
    {
        return match ($reason) {
            DisconnectReason::Dns => 'name',
            DisconnectReason::Refused, DisconnectReason::Unreachable, DisconnectReason::ConnectTimeout => 'TCP',
            DisconnectReason::Tls => 'TLS',
            default => 'login',
        };
    }

    private static function advice(ServerConfig $config, ConnectFailedException $error): string
    {
        $way = match ($error->reason) {
            DisconnectReason::Dns => "the name {$config->host} does not resolve: see /etc/hosts or the name server",
            DisconnectReason::Refused
                => "nothing listens on {$config->host}:{$config->port}: see enabled, bindaddr and port in manager.conf",
            DisconnectReason::Unreachable,
            DisconnectReason::ConnectTimeout,
                => "{$config->host}:{$config->port} does not answer: see firewalls and the address",
            DisconnectReason::Tls => 'TLS fails: see tls.ca_file, tls.server_name, and tlsenable in manager.conf',
            DisconnectReason::AuthFailed
                => "the login is refused: see username and secret, and permit and deny of [{$config->username}] in manager.conf",
            DisconnectReason::LoginInUse => 'the account is in use: allowmultiplelogin=no in manager.conf',
            DisconnectReason::AuthLimit => 'too many logins wait: authlimit in manager.conf',
            default => 'see the log of the server',
        };

        return "{$error->getMessage()}. $way";
    }

    private function redis(Store $store, Settings $settings): void
    {
        $this->check('Redis ' . $settings->string('redis'), static function () use ($store): string {
            $began = Worker::now();
            $store->command('PING');

            return sprintf('%.1f ms', (Worker::now() - $began) * 1_000);
        });
        $this->check('Redis maxmemory-policy', static function () use ($store): string {
            // Not CONFIG, which hosted ones refuse.
            $memory = (string) $store->command('INFO', 'memory');
            $policy = preg_match('/^maxmemory_policy:(\S+)/m', $memory, $found) === 1 ? $found[1] : 'unknown';

            return $policy === 'noeviction'
                ? $policy
                : throw new RuntimeException(
                    "it is $policy: leases and the stream may vanish; set maxmemory-policy noeviction",
                );
        });
    }

    /** @param \Closure(): string $check */
    private function check(string $what, \Closure $check): bool
    {
        try {
            $this->components->twoColumnDetail($what, '<fg=green>' . $check() . '</>');

            return true;
        } catch (Throwable $error) {
            $this->isWell = false;
            $this->components->twoColumnDetail($what, '<fg=red>failed</>');
            $this->components->error("$what: {$error->getMessage()}");

            return false;
        }
    }
}
