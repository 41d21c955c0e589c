<?php

declare(strict_types=1);

namespace Apn\AmiClient\Recording;

/**
 * Plays one server of a recording to clients over TCP on loopback. It accepts logins, answers recorded actions, and sends the events at their recorded
 * times, counted from the first login. Without a recording it answers logins, Ping, Events and Logoff.
 */
final class ReplayServer
{
    /** @var resource */
    private readonly mixed $listener;

    /** @var array<int, ReplayClient> by the id of their socket */
    private array $clients = [];

    /** @var list<Entry> events to come */
    private array $events = [];

    /** @var array<string, non-empty-list<Answer>> */
    private array $answers = [];

    private ?float $started = null;

    /**
     * @param int $port 0 selects a free port, see address()
     * @param string|null $file the recording
     * @param string|null $server the server of the recording to play; null plays all of them
     * @param string|null $secret the secret that clients need; null accepts any
     *
     * @throws \RuntimeException if the port is in use
     * @throws \UnexpectedValueException if the file is not a recording, or does not have the server
     */
    public function __construct(
        int $port = 0,
        ?string $file = null,
        ?string $server = null,
        #[\SensitiveParameter]
        private readonly ?string $secret = null,
    ) {
        $servers = [];
        foreach ($file === null ? [] : RecordingFile::read($file) as $entry) {
            $servers[$entry->server] = $entry->server;
            if ($server !== null && $entry->server !== $server) {
                continue;
            }
            if ($entry->event !== null) {
                $this->events[] = $entry;
            }
            if ($entry->answer !== null) {
                $this->answers[strtolower($entry->answer->action)][] = $entry->answer;
            }
        }
        if ($server !== null && !isset($servers[$server])) {
            $known = $servers === [] ? 'none' : implode(', ', $servers);
            throw new \UnexpectedValueException("there is no server {$server} in {$file}: it has {$known}");
        }
        $warning = '';
        $listener = Quietly::call(static fn() => stream_socket_server("tcp://127.0.0.1:{$port}"), $warning);
        if ($listener === false) {
            throw new \RuntimeException("cannot listen on 127.0.0.1:{$port}: {$warning}");
        }
        stream_set_blocking($listener, enable: false);
        $this->listener = $listener;
    }

    /** Address and port, such as "127.0.0.1:5038". */
    public function address(): string
    {
        return (string) stream_socket_get_name($this->listener, remote: false);
    }

    /** One round of I/O, which sends the events that are due. Waits at most $wait seconds for something to do. */
    public function step(float $wait): void
    {
        $this->wait(max(0.0, min($wait, $this->untilNext())));
        while ($this->untilNext() <= 0) {
            $bytes = (string) array_shift($this->events)?->event?->toWire();
            foreach ($this->clients as $client) {
                $client->isLoggedIn() ? $client->send($bytes) : null;
            }
        }
        foreach ($this->clients as $client) {
            $client->isOpen() ? $client->flush() : null;
        }
        $this->clients = array_filter($this->clients, static fn(ReplayClient $client): bool => $client->isOpen());
    }

    public function close(): void
    {
        foreach ($this->clients as $client) {
            $client->close();
        }
        $this->clients = [];
        fclose($this->listener);
    }

    private function wait(float $seconds): void
    {
        $read = [$this->listener];
        $write = [];
        foreach ($this->clients as $client) {
            $read[] = $client->socket;
            if ($client->hasOutput()) {
                $write[] = $client->socket;
            }
        }
        $except = null;
        $microseconds = (int) (fmod($seconds, 1.0) * 1e6);
        // A signal ends the wait with a warning, which is not an error here.
        $ready = Quietly::call(static function () use (&$read, &$write, &$except, $seconds, $microseconds): int|false {
            return stream_select($read, $write, $except, (int) $seconds, $microseconds);
        });
        if ((int) $ready === 0) {
            return;
        }
        foreach (array_map(get_resource_id(...), $read) as $id) {
            isset($this->clients[$id]) ? $this->read($id) : $this->accept();
        }
    }

    private function accept(): void
    {
        $socket = Quietly::call(fn() => stream_socket_accept($this->listener, timeout: 0));
        if ($socket !== false) {
            $this->clients[get_resource_id($socket)] = new ReplayClient(
                $socket,
                new ReplaySession($this->answers, $this->secret),
            );
        }
    }

    private function read(int $id): void
    {
        $client = $this->clients[$id];
        $client->read();
        if ($client->isOpen() && $client->isLoggedIn()) {
            $this->started ??= microtime(true);
        }
    }

    /** Seconds until the next event is due. No event is due before the first login. */
    private function untilNext(): float
    {
        return $this->started === null || $this->events === []
            ? INF
            : $this->started + $this->events[0]->at - microtime(true);
    }
}
