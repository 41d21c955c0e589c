<?php

declare(strict_types=1);

namespace Apn\AmiClient\Laravel;

use Apn\AmiClient\ActionSender;
use Apn\AmiClient\AmiClientManager;
use Apn\AmiClient\Laravel\Config\ServerSource;
use Apn\AmiClient\Laravel\Config\Settings;
use Apn\AmiClient\Laravel\Contracts\Ami;
use Apn\AmiClient\Laravel\Records\Records;
use Apn\AmiClient\Laravel\Routing\EventRoutes;
use Illuminate\Contracts\Config\Repository;
use Illuminate\Contracts\Events\Dispatcher;
use Illuminate\Contracts\Foundation\Application;
use Illuminate\Contracts\Foundation\CachesConfiguration;
use Illuminate\Foundation\Console\AboutCommand;
use Illuminate\Foundation\Events\DiagnosingHealth;
use Illuminate\Log\LogManager;
use Illuminate\Support\ServiceProvider;
use RuntimeException;

final class AmiServiceProvider extends ServiceProvider
{
    /** Sections of config/ami.php that are merged key by key with the defaults. */
    private const array MERGED_SECTIONS = ['options', 'listen', 'queue', 'stream', 'cluster', 'alerts'];

    public function register(): void
    {
        $this->mergeConfig();
        $this->app->singleton(Settings::class);
        $this->app->singleton(ServerSource::class);
        $this->app->singleton(EventRoutes::class);
        $this->app->singleton(AmiManager::class);
        $this->app->alias(AmiManager::class, Ami::class);
        $this->app->singleton(AmiClientManager::class, self::manager(...));
        $this->app->alias(AmiClientManager::class, ActionSender::class);
    }

    public function boot(): void
    {
        $events = $this->app->make(Dispatcher::class);
        $events->listen(DiagnosingHealth::class, self::checkHealth(...));
        $events->listen('Laravel\Octane\Events\WorkerStarting', self::keepUnderOctane(...));
        if (!$this->app->runningInConsole()) {
            return;
        }
        $this->publishes([__DIR__ . '/../config/ami.php' => config_path('ami.php')], ['ami', 'ami-config']);
        $this->publishes([
            __DIR__ . '/../stubs/AmiServiceProvider.stub' => app_path('Providers/AmiServiceProvider.php'),
        ], ['ami', 'ami-provider']);
        $this->commands([
            Console\DoctorCommand::class,
            Console\HistoryCommand::class,
            Console\InstallCommand::class,
            Console\ListenCommand::class,
            Console\PauseCommand::class,
            Console\ContinueCommand::class,
            Console\RestartCommand::class,
            Console\SendCommand::class,
            Console\StatusCommand::class,
        ]);
        // `php artisan reload`, where Laravel has it.
        if (method_exists($this, 'reloads')) {
            $this->reloads('ami:restart', 'ami');
        }
        AboutCommand::add('AMI', static fn(): array => [
            'Extension' => phpversion('ami_client') ?: 'missing',
            'Servers' => rescue(
                static fn(): string => implode(', ', app(ServerSource::class)->keys()) ?: 'none',
                'unknown',
                report: false,
            ),
            'Redis connection' => config('ami.redis') ?? 'none',
        ]);
    }

    /** One level deeper than mergeConfigFrom(), which knows the top level alone. */
    private function mergeConfig(): void
    {
        if ($this->app instanceof CachesConfiguration && $this->app->configurationIsCached()) {
            return;
        }
        $config = $this->app->make(Repository::class);
        /** @var array<string, mixed> $defaults */
        $defaults = require __DIR__ . '/../config/ami.php';
        $own = (array) $config->get('ami', []);
        $merged = [...$defaults, ...$own];
        foreach (self::MERGED_SECTIONS as $section) {
            $merged[$section] = [...((array) $defaults[$section]), ...((array) ($own[$section] ?? []))];
        }
        $config->set('ami', $merged);
    }

    /** What /up asks where `ami.listen.health` says so. */
    private static function checkHealth(): void
    {
        if ((bool) app(Settings::class)->raw('listen.health') && app(Records::class)->workers() === []) {
            throw new RuntimeException('No worker of ami:listen is running (config ami.listen.health).');
        }
    }

    /**
     * Octane gives each request a clone of the application: what a request makes first goes with it. So what is costly is
     * made before there is one, without a connection.
     *
     * @param object{app: Application} $event
     */
    private static function keepUnderOctane(object $event): void
    {
        // A refused configuration is for those who use it; the worker has other work too.
        rescue(static fn(): mixed => $event->app->make(AmiClientManager::class));
        rescue(static fn(): mixed => $event->app->make(Records::class));
    }

    private static function manager(Application $app): AmiClientManager
    {
        $settings = $app->make(Settings::class);
        $servers = $app->make(ServerSource::class)->all();
        $manager = new AmiClientManager(
            array_values($servers),
            $settings->clientOptions(),
            $app->make(LogManager::class)->channel($settings->nullableString('log_channel')),
            $settings->clusterOptions(),
        );
        $default = $settings->nullableString('default') ?? '';
        if (isset($servers[$default])) {
            $manager->setDefaultServer($default);
        }

        return $manager->routing($settings->routing());
    }
}
