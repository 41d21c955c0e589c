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
use Illuminate\Console\Command;
use Symfony\Component\Console\Attribute\AsCommand;
use Throwable;

#[AsCommand(name: 'ami:doctor')]
final class DoctorCommand extends Command
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
                phpversion('ami_client') ?: throw new \RuntimeException('it is missing: install it with PIE or phpize')
            ),
        );
        $servers = [];
        $this->check('config/ami.php', function () use ($source, &$servers): string {
            $servers = $source->all();
            // Made here, not injected: a refused configuration is a finding, not a crash.
            $this->laravel->make(AmiClientManager::class);

            return count($servers) . ' servers';
        });
        $only = (array) $this->option('server');
        foreach ($only === [] ? $servers : array_intersect_key($servers, array_flip($only)) as $server) {
            $this->server($server, $routes);
        }
        if ($settings->nullableString('redis') !== null) {
            $this->redis($this->laravel->make(Store::class), $settings);
        }

        return $this->isWell ? self::SUCCESS : self::FAILURE;
    }

    private function server(ServerConfig $config, EventRoutes $routes): void
    {
        $client = $this->laravel->make(AmiClientManager::class)->server($config->key);
        $isOpen = $this->check("{$config->key}: name, TCP, TLS, login", function () use ($client, $config): string {
            try {
                $client->open((float) $this->option('wait'));
            } catch (ConnectFailedException $error) {
                throw new \RuntimeException(self::advice($config, $error), previous: $error);
            }

            return "{$config->host}:{$config->port} as {$config->username}" . ($config->tls === null ? '' : ', TLS');
        });
        if (!$isOpen) {
            return;
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
            foreach ($needs as $event => $class) {
                if (!in_array($class, $has, strict: true) && !in_array('all', $has, strict: true)) {
                    throw new \RuntimeException(
                        "$event needs read=$class, the account has " . implode(',', $has) . ': add it in manager.conf',
                    );
                }
            }

            return $needs === []
                ? 'no listener names an event'
                : 'read=' . implode(',', array_unique($needs)) . ' is there';
        });
        $client->close();
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
            $policy = $store->command('CONFIG', 'GET', 'maxmemory-policy')[1] ?? 'unknown';

            return $policy === 'noeviction'
                ? $policy
                : throw new \RuntimeException(
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
