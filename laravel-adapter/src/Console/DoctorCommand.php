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
use Illuminate\Queue\QueueManager;
use RuntimeException;
use Symfony\Component\Console\Attribute\AsCommand;
use Throwable;

#[AsCommand(name: 'ami:doctor')]
final class DoctorCommand extends AmiCommand
{
    protected bool $needsExtension = false;

    protected $signature = 'ami:doctor
        {--server=* : The servers to check (default: all)}
        {--wait=5 : The number of seconds a server may take to answer}';

    protected $description = 'Check the extension, the configuration, every server and Redis, and tell what to do';

    private bool $isWell;

    public function handle(ServerSource $source, EventRoutes $routes): int
    {
        $this->isWell = true;
        $missing = new RuntimeException('it is missing: run "pie install apn/ami-client-ext"');
        $this->check('extension ami_client', static fn(): string => phpversion('ami_client') ?: throw $missing);
        $servers = [];
        $this->check('config/ami.php', function () use ($source, &$servers): string {
            $servers = $source->all();
            // Made here, not injected: a refused configuration is a finding, not a crash.
            $this->laravel->make(AmiClientManager::class);

            return implode(', ', array_keys($servers)) ?: 'no server';
        });
        foreach ($source->refused as $key => $refused) {
            $this->check("server $key", static fn(): never => throw $refused);
        }
        $this->check('listeners', fn(): string => $this->listeners($routes));
        foreach ($this->wanted($servers) as $server) {
            $this->server($server, $routes);
        }
        foreach ($this->laravel->make(Diagnosis::class)->checks() as $what => $check) {
            $this->check($what, $check);
        }
        if ($this->isWell) {
            $this->suggestDisabledEvents($routes);
        }

        return $this->isWell ? self::SUCCESS : self::FAILURE;
    }

    /**
     * @param array<string, ServerConfig> $servers
     *
     * @return array<string, ServerConfig>
     */
    private function wanted(array $servers): array
    {
        $only = self::listOf($this->option('server'));
        $known = implode(', ', array_keys($servers)) ?: 'none';
        foreach (array_diff($only, array_keys($servers)) as $unknown) {
            $refusal = new RuntimeException("it is not in config ami.servers: there are $known");
            $this->check("server $unknown", static fn(): never => throw $refusal);
        }

        return $only === [] ? $servers : array_intersect_key($servers, array_flip($only));
    }

    private function server(ServerConfig $config, EventRoutes $routes): void
    {
        $client = $this->laravel->make(AmiClientManager::class)->server($config->key);
        [$failed, $advice] = [null, ''];
        try {
            $client->open($this->seconds('wait'));
        } catch (ConnectFailedException $error) {
            [$failed, $advice] = self::diagnosis($config, $error->reason);
            $advice = "{$error->getMessage()}. $advice";
        }
        // Each of them rests on the one before.
        foreach ([
            'name' => $config->host,
            'TCP' => "port {$config->port}",
            'TLS' => $config->tls === null ? 'off' : 'on',
            'login' => "as {$config->username}",
        ] as $step => $detail) {
            $this->check("{$config->key}: $step", static fn(): string => $failed === $step
                ? throw new RuntimeException($advice)
                : $detail);
            if ($failed === $step) {
                return;
            }
        }
        $this->check("{$config->key}: round trip", static function () use ($client): string {
            $began = Worker::now();
            $client->send(new GenericAction('Ping'))->await(5.0);

            return sprintf('%.1f ms', (Worker::now() - $began) * 1_000);
        });
        $this->check("{$config->key}: events for the listeners", function () use ($client, $config, $routes): string {
            $needs = ReadClasses::of($routes->all());
            $has = ReadClasses::ofAccount($client, (string) $config->username);
            if ($has === null) {
                return 'the account may not run `manager show user`, so what it may read is not known';
            }
            $missing = in_array('all', $has, strict: true) ? [] : array_diff($needs, $has);
            if ($missing !== []) {
                $account = implode(',', $has) . ": add it to read of [{$config->username}] in manager.conf";
                throw new RuntimeException(self::needs($missing) . ", the account has $account");
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

    /** @return array{string, string} the step that failed, and what to do about it */
    private static function diagnosis(ServerConfig $config, ?DisconnectReason $reason): array
    {
        [$host, $account] = [$config->host, "[{$config->username}]"];
        $address = "$host:{$config->port}";

        return match ($reason) {
            DisconnectReason::Dns => ['name', "the name $host does not resolve: see /etc/hosts or the name server"],
            DisconnectReason::Refused => [
                'TCP',
                "nothing listens on $address: see enabled, bindaddr, port in manager.conf",
            ],
            DisconnectReason::Unreachable, DisconnectReason::ConnectTimeout => [
                'TCP',
                "$address does not answer: see firewalls and the address",
            ],
            DisconnectReason::Tls => ['TLS', 'it fails: see tls.ca_file, tls.server_name, tlsenable in manager.conf'],
            DisconnectReason::AuthFailed => [
                'login',
                "the login is refused: see secret, permit and deny of $account in manager.conf",
            ],
            DisconnectReason::LoginInUse => ['login', 'the account is in use: allowmultiplelogin=no in manager.conf'],
            DisconnectReason::AuthLimit => ['login', 'too many logins wait: authlimit in manager.conf'],
            default => ['login', 'see the log of the server'],
        };
    }

    private function listeners(EventRoutes $routes): string
    {
        $names = array_merge([], ...array_column($routes->all(), 'names'));
        $routes->refuseSyncQueues($this->laravel->make(QueueManager::class));

        return implode(', ', array_unique($names)) ?: 'none';
    }

    /**
     * Asterisk formats events before it looks who may read them, unless they are disabled. A mask of the session saves that
     * work only in versions that ask the sessions first.
     */
    private function suggestDisabledEvents(EventRoutes $routes): void
    {
        $wanted = $routes->all();
        foreach ($routes->readers as $reader) {
            $wanted = [...$wanted, ...$reader->routes()];
        }
        $unused = array_filter(
            ['Newexten', 'VarSet'],
            static fn(string $event): bool => !array_any($wanted, static fn(Route $route): bool => Route::isNamed(
                $event,
                $route->names,
            )),
        );
        if ($unused !== []) {
            $this->components->info(sprintf(
                'Nothing listens to %s, which are most of what a busy Asterisk sends. Where no other client needs them, disabledevents=%s '
                . 'in manager.conf saves Asterisk the work for them, whatever event mask the sessions have (4.6 times less with 20 sessions). '
                . 'An event mask alone saves it only from Asterisk 20.21, 22.11 and 23.5 on.',
                implode(' and ', $unused),
                implode(',', $unused),
            ));
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
