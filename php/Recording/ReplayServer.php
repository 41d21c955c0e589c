<?php

declare(strict_types=1);

namespace Apn\AmiClient\Recording;

/**
 * Plays one server of a recording to clients over TCP, on loopback: logins are taken, recorded actions answered, and events sent at the pace at which
 * they came, from the first login on. Without a recording it takes logins, Ping, Events and Logoff.
 */
final class ReplayServer
{
    /** A client that reads nothing is cut off above this, as Asterisk does. */
    private const int OUTPUT_BYTES_MAX = 4 * 1024 * 1024;

    /** No resource has this id. */
    private const int LISTENER = -1;

    /** @var resource */
    private $listener;

    /** @var array<int, resource> */
    private array $clients = [];

    /** @var array<int, ReplaySession> */
    private array $sessions = [];

    /** @var array<int, string> */
    private array $outputs = [];

    /** @var \Generator<int, Entry>|null */
    private ?\Generator $entries = null;

    private ?float $started = null;

    /** @var array<string, non-empty-list<Answer>> */
    private readonly array $answers;

    /**
     * @param int $port 0 takes a free one, see address()
     * @param string|null $server the server of the recording to play; all of them where left out
     * @param string|null $secret asked of clients; any is taken where left out
     */
    public function __construct(
        int $port = 0,
        ?string $file = null,
        private readonly ?string $server = null,
        #[\SensitiveParameter]
        private readonly ?string $secret = null,
    ) {
        $listener = @stream_socket_server("tcp://127.0.0.1:{$port}", error_message: $message);
        if ($listener === false) {
            throw new \RuntimeException("cannot listen on 127.0.0.1:{$port}: {$message}");
        }
        stream_set_blocking($listener, false);
        $this->listener = $listener;
        $this->answers = $file === null ? [] : $this->answersOf($file);
        $this->entries = $file === null ? null : RecordingFile::read($file);
    }

    /** As "127.0.0.1:5038". */
    public function address(): string
    {
        return (string) stream_socket_get_name($this->listener, remote: false);
    }

    /** Serves what is due, waiting at most this long for something to do. */
    public function step(float $wait): void
    {
        $read = [self::LISTENER => $this->listener] + $this->clients;
        $write = array_intersect_key(
            $this->clients,
            array_filter($this->outputs, static fn(string $bytes): bool => $bytes !== ''),
        );
        $except = null;
        $wait = max(0.0, min($wait, $this->untilNext()));
        // A signal ends the wait early, which is no error.
        if (@stream_select($read, $write, $except, (int) $wait, (int) (fmod($wait, 1) * 1e6)) > 0) {
            foreach ($read as $id => $stream) {
                $id === self::LISTENER ? $this->accept() : $this->read($id, $stream);
            }
        }
        $this->emitDue();
        foreach (array_keys($this->clients) as $id) {
            $this->write($id);
        }
    }

    public function close(): void
    {
        array_map($this->drop(...), array_keys($this->clients));
        fclose($this->listener);
    }

    /** @return array<string, non-empty-list<Answer>> */
    private function answersOf(string $file): array
    {
        $all = [];
        foreach (Answer::all($file) as $server => $actions) {
            if ($this->server === null || $server === $this->server) {
                $all = array_merge_recursive($all, $actions);
            }
        }

        return $all;
    }

    private function accept(): void
    {
        $client = @stream_socket_accept($this->listener, timeout: 0);
        if ($client !== false) {
            stream_set_blocking($client, false);
            $id = get_resource_id($client);
            $this->clients[$id] = $client;
            $this->sessions[$id] = new ReplaySession($this->answers, $this->secret);
            $this->outputs[$id] = ReplaySession::BANNER;
        }
    }

    /** @param resource $client */
    private function read(int $id, $client): void
    {
        $bytes = fread($client, 65_536);
        if ($bytes === false || $bytes === '' && feof($client)) {
            $this->drop($id);

            return;
        }
        $this->outputs[$id] .= $this->sessions[$id]->receive($bytes);
        if ($this->sessions[$id]->isLoggedIn()) {
            $this->started ??= microtime(true);
        }
    }

    private function write(int $id): void
    {
        $written = @fwrite($this->clients[$id], $this->outputs[$id]);
        $this->outputs[$id] = substr($this->outputs[$id], (int) $written);
        $isDone = $this->sessions[$id]->hasEnded() && $this->outputs[$id] === '';
        if ($written === false || $isDone || strlen($this->outputs[$id]) > self::OUTPUT_BYTES_MAX) {
            $this->drop($id);
        }
    }

    private function drop(int $id): void
    {
        fclose($this->clients[$id]);
        unset($this->clients[$id], $this->sessions[$id], $this->outputs[$id]);
    }

    private function untilNext(): float
    {
        $next = $this->next();

        return $next === null || $this->started === null ? INF : $this->started + $next->at - microtime(true);
    }

    private function emitDue(): void
    {
        while ($this->untilNext() <= 0) {
            $bytes = $this->next()?->event?->toWire() ?? '';
            foreach ($this->sessions as $id => $session) {
                if ($session->isLoggedIn()) {
                    $this->outputs[$id] .= $bytes;
                }
            }
            $this->entries?->next();
        }
    }

    /** The next event of the recording. */
    private function next(): ?Entry
    {
        while ($this->entries?->valid()) {
            $entry = $this->entries->current();
            if ($entry->event !== null && ($this->server === null || $entry->server === $this->server)) {
                return $entry;
            }
            $this->entries->next();
        }

        return null;
    }
}
