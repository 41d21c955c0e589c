<?php

declare(strict_types=1);

namespace Apn\AmiClient\Laravel\Cluster;

use Apn\AmiClient\Laravel\Cluster\Remote\WorkerServers;
use Apn\AmiClient\Laravel\Config\Settings;
use Apn\AmiClient\Laravel\Contracts\Diagnosis;
use Apn\AmiClient\Laravel\Contracts\RemoteServers;
use Apn\AmiClient\Laravel\Records\CacheRecords;
use Apn\AmiClient\Laravel\Records\Records;
use Apn\AmiClient\Laravel\Worker\PoolFactory;
use Illuminate\Contracts\Foundation\Application;
use Illuminate\Support\ServiceProvider;

/** All that workers do together by way of Redis. What it binds is used where `ami.redis` names a connection. */
final class ClusterServiceProvider extends ServiceProvider
{
    public function register(): void
    {
        $this->app->singleton(Store::class);
        $this->app->singleton(Records::class, static fn(Application $app): Records => $app->make(
            $app->make(Settings::class)->nullableString('redis') === null ? CacheRecords::class : RedisRecords::class,
        ));
        $this->app->bind(RemoteServers::class, WorkerServers::class);
        $this->app->bind(PoolFactory::class, LeasedServersFactory::class);
        $this->app->bind(Diagnosis::class, RedisDiagnosis::class);
    }

    public function boot(): void
    {
        // Octane gives each request a clone of the application: what a request makes first would go with it.
        $this->app->make(
            'events',
        )->listen('Laravel\Octane\Events\WorkerStarting', static function (object $event): void {
            /** @var object{app: Application} $event */
            $event->app->make(Store::class);
        });
        if ($this->app->runningInConsole()) {
            $this->commands([Console\DrainCommand::class, Console\ReadCommand::class]);
        }
    }
}
