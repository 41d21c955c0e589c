<?php

declare(strict_types=1);

namespace Apn\AmiClient\Tests\Real\Live;

use Apn\AmiClient\Tests\Real\Server\Asterisk;

/** An AMI session without the client, which keeps every frame in the order in which the server wrote it. */
final class Wire
{
    /** @var list<array<string, string>> headers by their names in lower case, of a repeated one the first */
    public private(set) array $frames = [];

    /** @var resource */
    private $socket;
    private string $unread = '';

    /** @var array<string, true> ActionIDs */
    private array $answered = [];
    private int $asked = 0;

    public function __construct(Asterisk $server, string $events = 'on')
    {
        $socket = @stream_socket_client("tcp://127.0.0.1:{$server->port()}");
        if ($socket === false) {
            throw new \RuntimeException("Asterisk {$server->version} takes no connection");
        }
        $this->socket = $socket;
        fgets($socket);
        stream_set_blocking($socket, false);
        $id = $this->send('Login', ['Username' => 'admin', 'Secret' => Asterisk::SECRET, 'Events' => $events]);
        $this->readUntil(fn(): bool => $this->hasAnswer($id), 'the login was answered');
    }

    /**
     * @param array<string, string> $headers
     *
     * @return string its ActionID
     */
    public function send(string $action, array $headers = []): string
    {
        $id = 'wire:' . ++$this->asked;
        $text = "Action: {$action}\r\nActionID: {$id}\r\n";
        foreach ($headers as $name => $value) {
            $text .= "{$name}: {$value}\r\n";
        }
        for ($text .= "\r\n"; $text !== ''; $text = substr($text, $written)) {
            $written = @fwrite($this->socket, $text);
            if ($written === false) {
                throw new \RuntimeException('the session has ended');
            }
        }

        return $id;
    }

    /** Reads for at most this time, or until something was read. False if the session has ended. */
    public function read(float $seconds): bool
    {
        $read = [$this->socket];
        $none = null;
        stream_select($read, $none, $none, (int) $seconds, (int) (fmod($seconds, 1.0) * 1e6));
        $bytes = (string) @fread($this->socket, 1_048_576);
        if ($bytes === '') {
            return !feof($this->socket);
        }
        $this->unread .= $bytes;
        $from = 0;
        while (($end = strpos($this->unread, "\r\n\r\n", $from)) !== false) {
            $frame = [];
            foreach (explode("\r\n", substr($this->unread, $from, $end - $from)) as $line) {
                [$name, $value] = explode(':', $line, 2) + [1 => ''];
                $frame[strtolower($name)] ??= ltrim($value);
            }
            $this->frames[] = $frame;
            if (isset($frame['actionid']) && self::isEnd($frame)) {
                $this->answered[$frame['actionid']] = true;
            }
            $from = $end + 4;
        }
        $this->unread = substr($this->unread, $from);

        return true;
    }

    /** @param \Closure(): bool $condition */
    public function readUntil(\Closure $condition, string $what, float $seconds = 60.0): void
    {
        $deadline = microtime(true) + $seconds;
        while (!$condition()) {
            if (!$this->read(0.05) || microtime(true) > $deadline) {
                throw new \RuntimeException("within {$seconds} s it did not happen that {$what}");
            }
        }
    }

    /** True if the response to this action has come, and for a list also its end. */
    public function hasAnswer(string $id): bool
    {
        return isset($this->answered[$id]);
    }

    /** @param array<string, string> $frame */
    private static function isEnd(array $frame): bool
    {
        $mark = $frame['eventlist'] ?? '';

        return $mark === 'Complete' || isset($frame['response']) && $mark === '';
    }

    /**
     * Requests a list and reads it.
     *
     * @param array<string, string> $headers
     *
     * @return list<array<string, string>> its items
     */
    public function list(string $action, array $headers = []): array
    {
        $id = $this->send($action, $headers);
        $this->readUntil(fn(): bool => $this->hasAnswer($id), "{$action} was answered");

        return $this->answer($id);
    }

    /** @return list<array<string, string>> the items of an answer */
    public function answer(string $id): array
    {
        return array_values(array_filter(
            $this->frames,
            static fn(array $frame): bool => (
                ($frame['actionid'] ?? '') === $id
                && isset($frame['event'])
                && ($frame['eventlist'] ?? '') !== 'Complete'
            ),
        ));
    }

    /**
     * The events so far, without the items of lists.
     *
     * @return list<array<string, string>>
     */
    public function events(string ...$names): array
    {
        return array_values(array_filter(
            $this->frames,
            static fn(array $frame): bool => (
                isset($frame['event'])
                && (!isset($frame['actionid']) || \in_array($frame['event'], ['OriginateResponse', 'UserEvent'], true))
                && ($names === [] || \in_array($frame['event'], $names, true))
            ),
        ));
    }

    /** The number of frames, once what was on its way is read: what comes after is told of what happens next. */
    public function mark(): int
    {
        $this->readUntilQuiet(0.3);

        return \count($this->frames);
    }

    /** Reads until no frame has come for a time. */
    public function readUntilQuiet(float $seconds = 0.7): void
    {
        $count = -1;
        $since = microtime(true);
        $this->readUntil(function () use ($seconds, &$count, &$since): bool {
            if (\count($this->frames) !== $count) {
                [$count, $since] = [\count($this->frames), microtime(true)];
            }

            return (microtime(true) - $since) > $seconds;
        }, 'it was quiet');
    }
}
