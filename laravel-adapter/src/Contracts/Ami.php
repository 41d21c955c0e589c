<?php

declare(strict_types=1);

namespace Apn\AmiClient\Laravel\Contracts;

use Apn\AmiClient\AmiClient;
use Apn\AmiClient\AmiClientManager;
use Apn\AmiClient\AmiEvent;
use Apn\AmiClient\Exception\ConnectFailedException;
use Apn\AmiClient\Glob;
use Apn\AmiClient\Laravel\Routing\ReaderRoutes;
use Closure;

/** Asterisk, as the application uses it: what the facade Ami stands for. */
interface Ami
{
    /**
     * Takes the servers from somewhere else than config/ami.php. Workers ask again every `listen.refresh` seconds and
     * follow what changed; other processes remember the answer for as long.
     *
     * @param Closure(): iterable<string, array<string, mixed>> $servers by key, each as in config/ami.php
     */
    public function serversUsing(Closure $servers): void;

    /**
     * Has every such event given to a listener, to a job, or dispatched as an event of the application.
     *
     * A queued listener or job is pushed to the application's queue by the worker that holds the server. A parameter `$id`
     * of the listener, of the job or of fromAmi() receives the event's id, which is the same however often the event comes.
     *
     * @param string|list<string> $names event names in any case, or patterns with * ("Queue*")
     * @param class-string|array{class-string|object, string}|callable(AmiEvent, string): void $target a listener class, "Class@method", a job, a class that is FromAmiEvent, a callable
     * @param array<string, string|int|Glob|list<string|int|Glob>> $where headers that must match
     */
    public function on(string|array $names, string|array|callable $target, array $where = []): void;

    /**
     * A reader of the event stream, which `ami:read NAME` runs: it gets its events in order, and continues where it stopped.
     * Needs `ami.redis`.
     */
    public function reader(string $name): ReaderRoutes;

    /** A server, through the worker that holds it. Outside of workers this needs `ami.redis` and a running ami:listen. */
    public function to(?string $server = null): RemoteSender;

    /**
     * A session of this process, opened where it is not open yet.
     *
     * It costs a TCP connection, a login and a place among the server's sessions, for every process that does it: 200
     * FPM children that call it are 200 sessions on the server, each of which is sent every event that its account may
     * read. It is for commands and for scripts that run alone. Web requests and jobs use to(), which shares the workers' session.
     *
     * @throws ConnectFailedException naming the reason when $wait seconds pass
     */
    public function direct(?string $server = null, float $wait = 5.0): AmiClient;

    /** The client of this process. It is made without a connection. */
    public function manager(): AmiClientManager;

    /** @return list<string> the servers configured */
    public function serverKeys(): array;
}
