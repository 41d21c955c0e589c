<?php

declare(strict_types=1);

namespace Apn\AmiClient\Laravel;

use Apn\AmiClient\AmiClient;
use Apn\AmiClient\AmiClientManager;
use Apn\AmiClient\Exception\UnknownServerException;
use Apn\AmiClient\Laravel\Config\ServerSource;
use Apn\AmiClient\Laravel\Config\Settings;
use Apn\AmiClient\Laravel\Contracts\RemoteSender;
use Apn\AmiClient\Laravel\Contracts\RemoteServers;
use Apn\AmiClient\Laravel\Routing\EventRoutes;
use Closure;

/**
 * What the facade Ami stands for.
 *
 * Holds no container and no request, so that it may live as long as an Octane worker.
 */
final readonly class AmiService
{
    public function __construct(
        private Settings $settings,
        private ServerSource $servers,
        private EventRoutes $routes,
    ) {}

    /**
     * Takes the servers from somewhere else than config/ami.php. Workers ask again every `listen.refresh` seconds and
     * follow what changed.
     *
     * @param Closure(): iterable<string, array<string, mixed>> $servers by key, each as in config/ami.php
     */
    public function serversUsing(Closure $servers): void
    {
        $this->servers->using($servers);
    }

    /**
     * Has every such event dispatched as an event of the application, as a queued job, or given to a callable.
     *
     * A parameter `$id` of the job, of fromAmi() or of the callable gets the event's id, which is the same however often
     * the event comes: over the bridge that is once or more.
     *
     * @param string|list<string> $names event names in any case, or patterns with * ("Queue*")
     * @param class-string|callable(\Apn\AmiClient\AmiEvent, string): void $target a job, a class that is FromAmiEvent, a callable
     * @param array<string, string|int|\Apn\AmiClient\Glob|list<string|int|\Apn\AmiClient\Glob>> $where headers that must match
     */
    public function on(string|array $names, string|callable $target, array $where = []): void
    {
        $this->routes->on($names, $target, $where);
    }

    /**
     * A server, spoken to by way of the worker that holds it. Needs `ami.redis` and a running ami:listen.
     */
    public function to(?string $server = null): RemoteSender
    {
        $server ??= $this->settings->defaultServer();
        if (!isset($this->servers->fingerprints()[$server])) {
            $there = implode(', ', array_keys($this->servers->fingerprints())) ?: 'none';
            throw new UnknownServerException("there is no server \"$server\" in config ami.servers: there are $there");
        }

        return app(RemoteServers::class)->to($server);
    }

    /**
     * A session of this process, opened where it is not open yet.
     *
     * It costs a TCP connection, a login and a place among the server's sessions, for every process that does it: 200
     * FPM children that call it are 200 sessions on the server, each of which is sent every event that its account may
     * read. For commands and for scripts that run alone. Web requests and jobs use to(), which shares the workers' session.
     *
     * @throws \Apn\AmiClient\Exception\ConnectFailedException naming the reason when $wait seconds pass
     */
    public function direct(?string $server = null, float $wait = 5.0): AmiClient
    {
        return $this
            ->manager()
            ->server($server ?? $this->settings->defaultServer())
            ->open($wait);
    }

    /** The client of this process. It is made without a connection. */
    public function manager(): AmiClientManager
    {
        return app(AmiClientManager::class);
    }

    /** @return list<string> the servers configured */
    public function serverKeys(): array
    {
        return array_map(strval(...), array_keys($this->servers->all()));
    }
}
