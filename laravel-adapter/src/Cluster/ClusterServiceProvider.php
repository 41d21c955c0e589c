<?php

declare(strict_types=1);

namespace Apn\AmiClient\Laravel\Cluster;

use Apn\AmiClient\Laravel\Cluster\Remote\RemoteServer;
use Apn\AmiClient\Laravel\Cluster\Stream\StreamWriter;
use Apn\AmiClient\Laravel\Config\Settings;
use Apn\AmiClient\Laravel\Contracts\Diagnosis;
use Apn\AmiClient\Laravel\Contracts\RemoteSender;
use Apn\AmiClient\Laravel\Records\Records;
use Apn\AmiClient\Laravel\Worker\FixedServers;
use Apn\AmiClient\Laravel\Worker\ServerPool;
use Apn\AmiClient\Laravel\Worker\Sink;
use Illuminate\Contracts\Cache\Factory as CacheFactory;
use Illuminate\Contracts\Foundation\Application;
use Illuminate\Support\ServiceProvider;

/** All that workers do together by way of Redis. What it binds is used where `ami.redis` names a connection. */
final class ClusterServiceProvider extends ServiceProvider
{
    public function register(): void
    {
        $this->app->singleton(Store::class);
        $this->app->singleton(Records::class, static function (Application $app): Records {
            $cache = self::isUsed($app) ? $app->make(Store::class)->cache() : $app->make(CacheFactory::class)->store();

            return new Records($cache, $app->make(Settings::class)->string('prefix'));
        });
        $this->app->bind(ServerPool::class, static fn(Application $app, array $of): ServerPool => $app->make(
            self::isUsed($app) ? LeasedServers::class : FixedServers::class,
            $of,
        ));
        $this->app->bind(RemoteSender::class, RemoteServer::class);
        $this->app->tag(StreamWriter::class, Sink::class);
        $this->app->bind(Diagnosis::class, RedisDiagnosis::class);
    }

    public function boot(): void
    {
        if ($this->app->runningInConsole()) {
            $this->commands([Console\DrainCommand::class, Console\ReadCommand::class]);
        }
    }

    private static function isUsed(Application $app): bool
    {
        return $app->make(Settings::class)->nullableString('redis') !== null;
    }
}
