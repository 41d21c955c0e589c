<?php

declare(strict_types=1);

namespace Apn\AmiClient\Laravel\Console;

use Apn\AmiClient\AmiClientManager;
use Apn\AmiClient\DisconnectReason;
use Apn\AmiClient\Exception\ConnectFailedException;
use Apn\AmiClient\GenericAction;
use Apn\AmiClient\Laravel\Config\ServerSource;
use Apn\AmiClient\Laravel\Contracts\Diagnosis;
use Apn\AmiClient\Laravel\Routing\EventRoutes;
use Apn\AmiClient\Laravel\Routing\ReadClasses;
use Apn\AmiClient\Laravel\Routing\Route;
use Apn\AmiClient\Laravel\Worker\Worker;
use Apn\AmiClient\ServerConfig;
use Illuminate\Contracts\Events\Dispatcher;
use Illuminate\Queue\SyncQueue;
use RuntimeException;
use Symfony\Component\Console\Attribute\AsCommand;
use Throwable;

#[AsCommand(name: 'ami:doctor')]
final class DoctorCommand extends AmiCommand
{
    protected $signature = 'ami:doctor
        {--server=* : The servers to check (default: all)}
        {--wait=5 : The number of seconds a server may take to answer}';

    protected $description = 'Check the extension, the configuration, every server and Redis, and tell what to do';

    private bool $isWell;

    public function handle(ServerSource $source, EventRoutes $routes): int
    {
        $this->isWell = true;
        $this->check(
            'extension ami_client',
            static fn(): string => (
                phpversion('ami_client')
                ?: throw new RuntimeException('it is missing: run "pie install apn/ami-client-ext"')
            ),
        );
        $servers = [];
        $this->check('config/ami.php', function () use ($source, &$servers): string {
            $servers = $source->all();
            // Made here, not injected: a refused configuration is a finding, not a crash.
            $this->laravel->make(AmiClientManager::class);

            return implode(', ', array_keys($servers)) ?: 'no server';
        });
        foreach ($source->refused() as $key => $refused) {
            $this->check("server $key", static fn(): never => throw $refused);
        }
        $this->check('listeners', fn(): string => $this->listeners($routes));
        foreach ($this->wanted($servers) as $server) {
            $this->server($server, $routes);
        }
        foreach ($this->laravel->bound(Diagnosis::class)
            ? $this->laravel->make(Diagnosis::class)->checks()
            : [] as $what => $check) {
            $this->check($what, $check);
        }

        if ($this->isWell) {
            $this->suggestDisabledEvents($routes);
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
        $only = $this->texts('server');
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
            $failure = $error !== null && self::step($error->reason) === $step ? $error : null;
            $this->check("{$config->key}: $step", static fn(): string => $failure !== null
                ? throw new RuntimeException(self::advice($config, $failure), previous: $failure)
                : $detail);
            if ($failure !== null) {
                return;
            }
        }
        $this->check("{$config->key}: round trip", static function () use ($client): string {
            $began = Worker::now();
            $client->send(new GenericAction('Ping'))->await(5.0);

            return sprintf('%.1f ms', (Worker::now() - $began) * 1_000);
        });
        $this->check("{$config->key}: events for the listeners", function () use ($client, $config, $routes): string {
            $needs = ReadClasses::of($routes->all($this->laravel->make(Dispatcher::class)));
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
            $others = count(array_keys($classes, $class, true)) - 1;
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

    /** What listeners ask for, and where their jobs go. */
    private function listeners(EventRoutes $routes): string
    {
        $events = $this->laravel->make(Dispatcher::class);
        $names = array_merge([], ...array_map(static fn($route): array => $route->names, $routes->all($events)));
        foreach ($routes->queued($events) as $label => $connection) {
            if ($this->laravel->make('queue')->connection($connection) instanceof SyncQueue) {
                throw new RuntimeException(
                    "$label is queued, and the queue connection runs jobs at once: ami:listen refuses it; set QUEUE_CONNECTION to redis or database",
                );
            }
        }

        return implode(', ', array_unique($names)) ?: 'none';
    }

    /**
     * Asterisk formats events before it looks who may read them, unless they are disabled. A mask of the session saves that
     * work only in versions that ask the sessions first.
     */
    private function suggestDisabledEvents(EventRoutes $routes): void
    {
        $wanted = $routes->all($this->laravel->make(Dispatcher::class));
        foreach ($routes->readers() as $reader) {
            $wanted = [...$wanted, ...$reader->routes($this->laravel->make(Dispatcher::class))];
        }
        $unused = array_filter(
            ['Newexten', 'VarSet'],
            static fn(string $event): bool => !array_any($wanted, static fn(Route $route): bool => Route::isNamed(
                $event,
                $route->names,
            )),
        );
        if ($unused !== []) {
            $this->components->info(
                'Nothing listens to '
                . implode(' and ', $unused)
                . ', which are most of what a busy Asterisk sends. Where no other client needs them, '
                . 'disabledevents='
                . implode(',', $unused)
                . ' in manager.conf saves Asterisk the work for them, whatever event mask the sessions have '
                . '(4.6 times less with 20 sessions). An event mask alone saves it only from Asterisk 20.21, 22.11 and 23.5 on.',
            );
        }
    }

    /** @param \Closure(): string $check */
    private function check(string $what, \Closure $check): void
    {
        try {
            $this->components->twoColumnDetail($what, '<fg=green>' . $check() . '</>');
        } catch (Throwable $error) {
            $this->isWell = false;
            $this->components->twoColumnDetail($what, '<fg=red>failed</>');
            $this->components->error("$what: {$error->getMessage()}");
        }
    }
}
