<?php

declare(strict_types=1);

namespace Apn\AmiClient\Laravel\Cluster\Stream;

use Apn\AmiClient\AmiEvent;
use Apn\AmiClient\Laravel\Worker\Waiting;

/**
 * One entry of the event stream: a JSON object in the field "e".
 *
 *     k  what it is: event, gap
 *     s  the server
 *     f  the fence of the worker that wrote it
 *     n  counts the entries of this server under this fence from 1 on
 *     t  Unix time at which it was received
 *     q  the event's place among the server's messages, as AmiEvent::$sequence
 *     h  the event's headers, [name, value] each, as they came
 *     b  the event's bytes in base64, where they are no UTF-8: in h, such bytes are replaced
 *
 * @phpstan-type Fields array{k: string, s: string, f: int, n: int, t: float, q?: int, h?: list<array{string, string}>, b?: string, ...<string, mixed>}
 */
final readonly class Entry implements Waiting
{
    private const int FLAGS =
        JSON_INVALID_UTF8_SUBSTITUTE
            | JSON_UNESCAPED_SLASHES
            | JSON_UNESCAPED_UNICODE
            | JSON_PRESERVE_ZERO_FRACTION
            | JSON_THROW_ON_ERROR;
    /** What an entry costs in memory beside its text. */
    private const int OVERHEAD_BYTES = 200;

    public int $bytes;

    /** @param Fields|array{} $fields of one that was read */
    private function __construct(
        public string $kind,
        public string $server,
        public int $fence,
        public int $number,
        public float $at,
        public string $json,
        public array $fields = [],
    ) {
        $this->bytes = strlen($json) + self::OVERHEAD_BYTES;
    }

    /** @param array<string, mixed> $fields */
    public static function make(string $kind, string $server, int $fence, int $number, float $at, array $fields): self
    {
        $json = (string) json_encode([
            'k' => $kind,
            's' => $server,
            'f' => $fence,
            'n' => $number,
            't' => $at,
            ...$fields,
        ], self::FLAGS);

        return new self($kind, $server, $fence, $number, $at, $json);
    }

    /** @return array<string, mixed> the fields of an event */
    public static function fieldsOf(AmiEvent $event): array
    {
        $headers = $event->getRawHeaders();
        $frame = self::frame($headers);

        return [
            'q' => $event->sequence,
            'h' => $headers,
            ...(mb_check_encoding($frame, 'UTF-8') ? [] : ['b' => base64_encode($frame)]),
        ];
    }

    /** @param list<array{string, string}> $headers */
    private static function frame(array $headers): string
    {
        $frame = '';
        foreach ($headers as [$name, $value]) {
            $frame .= $name === '' ? "$value\r\n" : "$name: $value\r\n";
        }

        return $frame;
    }

    /** Null where it is none of ours. */
    public static function parse(string $json): ?self
    {
        /** @var ?Fields $fields */
        $fields = json_decode($json, associative: true);

        return isset($fields['k'], $fields['s'], $fields['f'], $fields['n'], $fields['t'])
            ? new self($fields['k'], $fields['s'], $fields['f'], $fields['n'], $fields['t'], $json, $fields)
            : null;
    }

    /** The same for the same event, whatever way and however often it comes. */
    public function id(): string
    {
        return "{$this->server}:{$this->fence}:{$this->fields['q']}";
    }

    public function event(): AmiEvent
    {
        $fields = $this->fields;
        $frame = isset($fields['b']) ? (string) base64_decode($fields['b'], strict: true) : self::frame($fields['h']);
        $data = [
            ...AmiEvent::fromArray($this->server, ['Event' => 'None'])->__serialize(),
            'sequence' => $fields['q'],
            'receivedAt' => (int) round($this->at * 1e6),
            'frame' => $frame,
        ];

        // An AmiEvent as it serializes: the only way to say when it was received.
        /** @var AmiEvent */
        return unserialize(
            'O:' . strlen(AmiEvent::class) . ':"' . AmiEvent::class . '"' . substr(serialize($data), 1),
            ['allowed_classes' => [AmiEvent::class]],
        );
    }
}
