<?php

declare(strict_types=1);

namespace Apn\AmiClient\Bench;

/**
 * The peer of the extension in plain PHP, as a user who cares would write it: stream_select, a buffer, explode, an
 * array for each message, closures. No more checks, limits or conveniences than it takes, so that nothing slows it.
 */
final class PureClient
{
    private const int READ_BYTES = 262_144;

    /** @var resource */
    private $stream;
    private string $buffer = '';
    private string $outbox = '';
    private int $lastId = 0;
    /** @var array<string, list<\Closure(array<string, string>): void>> by event name, "*" for any */
    private array $listeners = [];
    /** @var array<string, \Closure(array<string, string>): void> by ActionID */
    private array $pending = [];

    public function __construct(string $address)
    {
        $stream = stream_socket_client("tcp://$address", $code, $error, 5.0);
        if ($stream === false) {
            throw new \RuntimeException("cannot connect to $address: $error");
        }
        stream_set_blocking($stream, false);
        stream_set_read_buffer($stream, 0);
        stream_set_chunk_size($stream, self::READ_BYTES);
        $this->stream = $stream;
    }

    public function login(string $username, #[\SensitiveParameter] string $secret, string $events = 'on'): void
    {
        $answer = $this->request('Challenge', ['AuthType' => 'MD5']);
        $key = md5($answer['Challenge'] . $secret);
        $answer = $this->request('Login', [
            'AuthType' => 'MD5',
            'Username' => $username,
            'Key' => $key,
            'Events' => $events,
        ]);
        if ($answer['Response'] !== 'Success') {
            throw new \RuntimeException('login refused');
        }
    }

    /** @param \Closure(array<string, string>): void $listener */
    public function on(string $event, \Closure $listener): void
    {
        $this->listeners[$event][] = $listener;
    }

    /**
     * @param array<string, scalar> $headers
     * @param \Closure(array<string, string>): void $callback
     */
    public function send(string $action, array $headers, \Closure $callback): void
    {
        $id = (string) ++$this->lastId;
        $text = "Action: $action\r\nActionID: $id\r\n";
        foreach ($headers as $name => $value) {
            $text .= "$name: $value\r\n";
        }
        $this->pending[$id] = $callback;
        $this->outbox .= "$text\r\n";
    }

    /**
     * @param array<string, scalar> $headers
     * @return array<string, string>
     */
    public function request(string $action, array $headers = []): array
    {
        $answer = null;
        $this->send($action, $headers, static function (array $message) use (&$answer): void {
            $answer = $message;
        });
        while ($answer === null) {
            $this->tick(1_000_000);
        }

        return $answer;
    }

    /** Writes what is queued, waits for something to read, hands on every message that is complete. */
    public function tick(int $timeoutUs = 0): void
    {
        if ($this->outbox !== '') {
            $written = fwrite($this->stream, $this->outbox);
            $this->outbox = substr($this->outbox, (int) $written);
        }
        $read = [$this->stream];
        $write = $this->outbox === '' ? [] : [$this->stream];
        $except = [];
        if (stream_select($read, $write, $except, 0, $timeoutUs) === 0 || $read === []) {
            return;
        }
        $chunk = fread($this->stream, self::READ_BYTES);
        if ($chunk === '' || $chunk === false) {
            throw new \RuntimeException('connection closed');
        }
        $frames = explode("\r\n\r\n", $this->buffer . $chunk);
        $this->buffer = array_pop($frames);
        foreach ($frames as $frame) {
            $this->dispatch($this->parse($frame));
        }
    }

    /** @return array<string, string> */
    public function parse(string $frame): array
    {
        $message = [];
        foreach (explode("\r\n", $frame) as $line) {
            $header = explode(': ', $line, 2);
            $message[$header[0]] = $header[1] ?? '';
        }

        return $message;
    }

    /** @param array<string, string> $message */
    private function dispatch(array $message): void
    {
        if (isset($message['Event'])) {
            foreach ($this->listeners[$message['Event']] ?? [] as $listener) {
                $listener($message);
            }
            foreach ($this->listeners['*'] ?? [] as $listener) {
                $listener($message);
            }

            return;
        }
        $id = $message['ActionID'] ?? '';
        if (isset($this->pending[$id])) {
            $callback = $this->pending[$id];
            unset($this->pending[$id]);
            $callback($message);
        }
    }
}
