<?php

declare(strict_types=1);

namespace Apn\AmiClient\Recording;

/**
 * The session of one client of ReplayServer: bytes in, bytes out, without I/O.
 *
 * @internal
 */
final class ReplaySession
{
    public const string BANNER = "Asterisk Call Manager/11.0.0\r\n";

    /** Asterisk's bound for a whole action: 128 lines of 1,024 bytes. */
    private const int INPUT_BYTES_MAX = 131_072;

    private string $input = '';
    private string $challenge = '';
    private bool $loggedIn = false;
    private bool $ended = false;

    /** @param array<string, non-empty-list<Answer>> $answers by action in lower case */
    public function __construct(
        private array $answers,
        #[\SensitiveParameter]
        private readonly ?string $secret,
    ) {}

    public function isLoggedIn(): bool
    {
        return $this->loggedIn && !$this->ended;
    }

    /** True if the connection should be closed after the output is written. */
    public function hasEnded(): bool
    {
        return $this->ended;
    }

    /** Takes bytes from the client and returns the bytes to write. */
    public function receive(string $bytes): string
    {
        $this->input = str_replace("\r\n", "\n", $this->input . $bytes);
        $output = '';
        while (!$this->ended && ($end = strpos($this->input, "\n\n")) !== false) {
            $output .= $this->answer(self::parse(substr($this->input, 0, $end)));
            $this->input = substr($this->input, $end + 2);
        }
        $this->ended = $this->ended || strlen($this->input) > self::INPUT_BYTES_MAX;

        return $output;
    }

    /** @param array<string, string> $request header names in lower case */
    private function answer(array $request): string
    {
        $id = $request['actionid'] ?? null;
        $action = strtolower($request['action'] ?? '');
        $this->ended = $action === 'logoff';

        return match (true) {
            $action === 'logoff' => self::block([
                'Response' => 'Goodbye',
                'Message' => 'Thanks for all the fish.',
            ], $id),
            $action === 'challenge' => $this->challenge($id),
            $action === 'login' => $this->login($request, $id),
            $action === '' => self::error('Missing action in request', $id),
            !$this->loggedIn => self::error('Permission denied', $id),
            isset($this->answers[$action]) => $this->recorded($action, $id),
            $action === 'ping' => self::block(['Response' => 'Success', 'Ping' => 'Pong'], $id),
            $action === 'events' => self::block(['Response' => 'Success', 'Events' => 'On'], $id),
            default => self::error(
                'Invalid/unknown command: ' . ($request['action'] ?? '') . '. It is not in the recording.',
                $id,
            ),
        };
    }

    private function challenge(?string $id): string
    {
        $this->challenge = (string) random_int(100_000_000, 999_999_999);

        return self::block(['Response' => 'Success', 'Challenge' => $this->challenge], $id);
    }

    /** @param array<string, string> $request */
    private function login(array $request, ?string $id): string
    {
        $this->loggedIn =
            $this->secret === null
            || hash_equals($this->secret, $request['secret'] ?? '')
            || $this->challenge !== '' && hash_equals(md5($this->challenge . $this->secret), $request['key'] ?? '');
        $this->ended = !$this->loggedIn;

        return (
            $this->loggedIn
                ? self::block(['Response' => 'Success', 'Message' => 'Authentication accepted'], $id)
                : self::error('Authentication failed', $id)
        );
    }

    /** The next recorded answer. The last answer is repeated. */
    private function recorded(string $action, ?string $id): string
    {
        $answers = $this->answers[$action] ?? [];
        $rest = array_slice($answers, offset: 1);
        if ($rest !== []) {
            $this->answers[$action] = $rest;
        }

        return $answers === [] ? '' : $answers[0]->toWire($id);
    }

    private static function error(string $message, ?string $id): string
    {
        return self::block(['Response' => 'Error', 'Message' => $message], $id);
    }

    /** @param array<string, string> $headers */
    private static function block(array $headers, ?string $id): string
    {
        $pairs = [];
        foreach ($headers as $name => $value) {
            $pairs[] = [$name, $value];
        }

        return new Headers($pairs)->toWire($id);
    }

    /** @return array<string, string> the first value of each header, by name in lower case */
    private static function parse(string $block): array
    {
        $headers = [];
        foreach (explode("\n", $block) as $line) {
            [$name, $value] = array_pad(explode(':', $line, 2), 2, '');
            $headers[strtolower($name)] ??= ltrim($value);
        }

        return $headers;
    }
}
