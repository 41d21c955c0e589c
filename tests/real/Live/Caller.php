<?php

declare(strict_types=1);

namespace Apn\AmiClient\Tests\Real\Live;

use Apn\AmiClient\Tests\Real\Server\Asterisk;

/** The phone of bob, which calls extensions and joins two of its calls by a SIP attended transfer. No AMI action does this. */
final class Caller
{
    private const string USER = 'bob';

    /** @var resource */
    private $socket;
    private readonly string $address;

    /** @var array<string, array{extension: string, tag: string, toTag: string, target: string, isUp: bool}> by Call-ID */
    private array $calls = [];

    public function __construct(
        private readonly Asterisk $server,
    ) {
        $socket = stream_socket_server('udp://127.0.0.1:0', flags: STREAM_SERVER_BIND);
        if ($socket === false) {
            throw new \RuntimeException('no UDP socket on loopback');
        }
        stream_set_blocking($socket, false);
        $this->socket = $socket;
        $this->address = (string) stream_socket_get_name($socket, remote: false);
    }

    /** @return string the Call-ID */
    public function call(string $extension): string
    {
        $id = bin2hex(random_bytes(8));
        $this->calls[$id] = [
            'extension' => $extension,
            'tag' => bin2hex(random_bytes(4)),
            'toTag' => '',
            'target' => "sip:{$extension}@127.0.0.1",
            'isUp' => false,
        ];
        $this->request($id, 'INVITE', 1, ['Supported' => 'replaces'], self::media());

        return $id;
    }

    public function isUp(string $id): bool
    {
        return $this->calls[$id]['isUp'];
    }

    /** Connects the far ends of both calls. */
    public function transfer(string $first, string $second): void
    {
        $call = $this->calls[$second];
        $replaces = rawurlencode("{$second};to-tag={$call['toTag']};from-tag={$call['tag']}");
        $this->request($first, 'REFER', 2, [
            'Refer-To' => "<sip:{$call['extension']}@127.0.0.1?Replaces={$replaces}>",
            'Referred-By' => '<sip:' . self::USER . '@127.0.0.1>',
        ]);
    }

    /** Reads waiting messages and answers them. */
    public function pump(): void
    {
        $from = '';
        while (
            ($message = stream_socket_recvfrom($this->socket, 65_536, address: $from)) !== ''
            && $message !== false
        ) {
            $this->take($message);
        }
    }

    private function take(string $message): void
    {
        $id = self::header($message, 'Call-ID');
        if (!isset($this->calls[$id])) {
            return;
        }
        if (!str_starts_with($message, 'SIP/2.0 ')) {
            str_starts_with($message, 'ACK ') or $this->confirm($message);

            return;
        }
        if (str_starts_with($message, 'SIP/2.0 200') && str_contains(self::header($message, 'CSeq'), 'INVITE')) {
            preg_match('/tag=([^;>\s]+)/', self::header($message, 'To'), $tag);
            preg_match('/<(sip:[^>]+)>/', self::header($message, 'Contact'), $target);
            $this->calls[$id] = [
                ...$this->calls[$id],
                'toTag' => $tag[1] ?? '',
                'target' => $target[1] ?? '',
                'isUp' => true,
            ];
            $this->request($id, 'ACK', 1);
        }
    }

    private function confirm(string $request): void
    {
        $answer = "SIP/2.0 200 OK\r\n";
        foreach (['Via', 'From', 'To', 'Call-ID', 'CSeq'] as $name) {
            $answer .= "{$name}: " . self::header($request, $name) . "\r\n";
        }
        $body = str_starts_with($request, 'INVITE ') ? self::media() : '';
        $this->write($answer . $this->rest([], $body));
    }

    /** @param array<string, string> $headers */
    private function request(string $id, string $method, int $sequence, array $headers = [], string $body = ''): void
    {
        $call = $this->calls[$id];
        $to = "<sip:{$call['extension']}@127.0.0.1>" . ($call['toTag'] === '' ? '' : ";tag={$call['toTag']}");
        $branch = bin2hex(random_bytes(6));
        $this->write(
            "{$method} {$call['target']} SIP/2.0\r\n"
                . "Via: SIP/2.0/UDP {$this->address};branch=z9hG4bK{$branch};rport\r\n"
                . "Max-Forwards: 70\r\n"
                . 'From: <sip:'
                . self::USER
                . "@127.0.0.1>;tag={$call['tag']}\r\n"
                . "To: {$to}\r\n"
                . "Call-ID: {$id}\r\n"
                . "CSeq: {$sequence} {$method}\r\n"
                . $this->rest($headers, $body),
        );
    }

    /** @param array<string, string> $headers */
    private function rest(array $headers, string $body): string
    {
        $headers['Contact'] = '<sip:' . self::USER . "@{$this->address}>";
        if ($body !== '') {
            $headers['Content-Type'] = 'application/sdp';
        }
        $headers['Content-Length'] = (string) \strlen($body);
        $text = '';
        foreach ($headers as $name => $value) {
            $text .= "{$name}: {$value}\r\n";
        }

        return "{$text}\r\n{$body}";
    }

    private function write(string $message): void
    {
        stream_socket_sendto($this->socket, $message, address: "127.0.0.1:{$this->server->sipPort()}");
    }

    /** Sound that nobody hears. */
    private static function media(): string
    {
        return implode("\r\n", [
            'v=0',
            'o=- 1 1 IN IP4 127.0.0.1',
            's=-',
            'c=IN IP4 127.0.0.1',
            't=0 0',
            'm=audio 9 RTP/AVP 0',
            'a=rtpmap:0 PCMU/8000',
            'a=sendrecv',
            '',
        ]);
    }

    private static function header(string $message, string $name): string
    {
        return preg_match("/^{$name}:\\s*(.*?)\\r?$/mi", $message, $header) === 1 ? $header[1] : '';
    }
}
