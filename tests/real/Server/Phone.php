<?php

declare(strict_types=1);

namespace Apn\AmiClient\Tests\Real\Server;

/**
 * A minimal SIP phone over UDP on loopback.
 *
 * It registers, subscribes, and answers requests with OK, except calls, which ring without end.
 */
final class Phone
{
    /** @var resource */
    private $socket;
    private readonly string $address;
    private int $sent = 0;

    public function __construct(
        private readonly Asterisk $server,
        private readonly string $user,
    ) {
        $socket = stream_socket_server('udp://127.0.0.1:0', flags: STREAM_SERVER_BIND);
        if ($socket === false) {
            throw new \RuntimeException('no UDP socket on loopback');
        }
        $this->socket = $socket;
        $this->address = (string) stream_socket_get_name($socket, remote: false);
    }

    public function uri(): string
    {
        return "sip:{$this->user}@{$this->address}";
    }

    /** Registers the phone, and returns the status of the answer. */
    public function register(): int
    {
        return $this->request('REGISTER', 'sip:127.0.0.1', "sip:{$this->user}@127.0.0.1", ['Expires' => '60']);
    }

    /** Subscribes to the state of an extension. */
    public function subscribe(string $extension): int
    {
        $uri = "sip:{$extension}@127.0.0.1";

        return $this->request('SUBSCRIBE', $uri, $uri, [
            'Event' => 'presence',
            'Accept' => 'application/pidf+xml',
            'Expires' => '60',
        ]);
    }

    /**
     * Waits for the next request of this method and answers it.
     *
     * @return array{headers: array<string, string>, body: string} names in lower case
     */
    public function take(string $method, float $seconds = 10.0): array
    {
        $deadline = microtime(true) + $seconds;
        do {
            $message = $this->receive($deadline);
        } while (!str_starts_with($message, "{$method} "));

        return self::parse($message);
    }

    /** @param array<string, string> $headers */
    private function request(string $method, string $uri, string $to, array $headers): int
    {
        ++$this->sent;
        $branch = bin2hex(random_bytes(8));
        $lines = [
            'Via' => "SIP/2.0/UDP {$this->address};rport;branch=z9hG4bK{$branch}",
            'From' => "<sip:{$this->user}@127.0.0.1>;tag={$branch}",
            'To' => "<{$to}>",
            'Call-ID' => $branch,
            'CSeq' => "{$this->sent} {$method}",
            'Contact' => "<{$this->uri()}>",
            'Max-Forwards' => '70',
            ...$headers,
            'Content-Length' => '0',
        ];
        $text = "{$method} {$uri} SIP/2.0\r\n";
        foreach ($lines as $name => $value) {
            $text .= "{$name}: {$value}\r\n";
        }
        stream_socket_sendto($this->socket, "{$text}\r\n", address: "127.0.0.1:{$this->server->sipPort()}");
        $deadline = microtime(true) + 10.0;
        do {
            $answer = $this->receive($deadline);
        } while (preg_match('/^SIP\/2\.0 ([2-6]\d\d)/', $answer, $status) !== 1);

        return (int) $status[1];
    }

    /** Reads the next message. A request is answered. */
    private function receive(float $deadline): string
    {
        $read = [$this->socket];
        $none = null;
        $wait = max(0.0, $deadline - microtime(true));
        if (stream_select($read, $none, $none, (int) $wait, (int) (fmod($wait, 1.0) * 1e6)) !== 1) {
            throw new \RuntimeException("nothing came for the phone of {$this->user}");
        }
        $from = '';
        $message = (string) stream_socket_recvfrom($this->socket, 65_536, address: $from);
        if (!str_starts_with($message, 'SIP/')) {
            stream_socket_sendto($this->socket, self::answer($message), address: $from);
        }

        return $message;
    }

    private static function answer(string $request): string
    {
        $headers = self::parse($request)['headers'];
        $answer = 'SIP/2.0 ' . (str_starts_with($request, 'INVITE ') ? '180 Ringing' : '200 OK') . "\r\n";
        foreach (['via', 'from', 'to', 'call-id', 'cseq'] as $name) {
            $tag = $name === 'to' && !str_contains($headers[$name], ';tag=') ? ';tag=phone' : '';
            $answer .= "{$name}: {$headers[$name]}{$tag}\r\n";
        }

        return "{$answer}Content-Length: 0\r\n\r\n";
    }

    /** @return array{headers: array<string, string>, body: string} */
    private static function parse(string $message): array
    {
        [$head, $body] = explode("\r\n\r\n", $message, 2);
        $headers = [];
        foreach (\array_slice(explode("\r\n", $head), 1) as $line) {
            [$name, $value] = explode(':', $line, 2);
            $headers[strtolower($name)] = trim($value);
        }

        return ['headers' => $headers, 'body' => $body];
    }
}
