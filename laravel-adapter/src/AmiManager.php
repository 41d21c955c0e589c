<?php

declare(strict_types=1);

namespace Apn\AmiClient\Laravel;

use Apn\AmiClient\AmiClient;
use Apn\AmiClient\AmiClientManager;
use Apn\AmiClient\Laravel\Config\ServerSource;
use Apn\AmiClient\Laravel\Config\Settings;
use Apn\AmiClient\Laravel\Contracts\Ami;
use Apn\AmiClient\Laravel\Contracts\RemoteSender;
use Apn\AmiClient\Laravel\Records\Records;
use Apn\AmiClient\Laravel\Routing\EventRoutes;
use Apn\AmiClient\Laravel\Routing\ReaderRoutes;
use Apn\AmiClient\Laravel\Worker\OwnSession;
use Apn\AmiClient\Laravel\Worker\Servers;
use Apn\AmiClient\Laravel\Worker\Worker;
use Closure;
use Illuminate\Support\Traits\Macroable;

/** Holds no container and no request, so that it may live as long as an Octane worker. */
class AmiManager implements Ami
{
    use Macroable;

    public function __construct(
        private readonly Settings $settings,
        private readonly ServerSource $servers,
        private readonly EventRoutes $routes,
    ) {}

    public function serversUsing(Closure $servers): void
    {
        $this->servers->using($servers);
    }

    public function on(string|array $names, string|array|callable $target, array $where = []): void
    {
        $this->routes->on($names, $target, $where);
    }

    public function reader(string $name): ReaderRoutes
    {
        return $this->routes->reader($name);
    }

    public function to(?string $server = null): RemoteSender
    {
        $server ??= $this->settings->string('default');
        if (!in_array($server, $this->servers->keys(), strict: true)) {
            throw Servers::unknown($server, $this->servers->keys());
        }

        // A worker that asked for an action on its own server by way of Redis would wait for itself.
        $feeds = app()->bound(Worker::class) ? app(Worker::class)->pool->feeds() : [];
        if (isset($feeds[$server])) {
            return new OwnSession($feeds[$server]->client, $server, app(Records::class));
        }

        return app(RemoteSender::class, ['server' => $server]);
    }

    public function direct(?string $server = null, float $wait = 5.0): AmiClient
    {
        return $this
            ->manager()
            ->server($server ?? $this->settings->string('default'))
            ->open($wait);
    }

    public function manager(): AmiClientManager
    {
        return app(AmiClientManager::class);
    }

    public function serverKeys(): array
    {
        return $this->servers->keys();
    }
}
