<?php

declare(strict_types=1);

namespace Apn\AmiClient\Cli;

use Apn\AmiClient\AmiEvent;
use Apn\AmiClient\Recording\Headers;

/** Formats an event as one line: time, server, name, and headers as NAME=value. */
final readonly class EventLine
{
    private const array LEFT_OUT = ['event', 'privilege', 'actionid', 'timestamp', 'sequencenumber', 'systemname'];

    /** Headers of every channel event. They come last, in this order, because an event's other headers are more specific. */
    private const array OF_EVERY_CHANNEL = [
        'calleridnum',
        'calleridname',
        'exten',
        'context',
        'channelstatedesc',
        'connectedlinenum',
        'connectedlinename',
        'priority',
        'uniqueid',
        'linkedid',
        'language',
        'accountcode',
        'channelstate',
    ];

    /** @param list<string> $fields the headers to show, in this order; an empty list shows all headers that are not empty */
    public function __construct(
        private array $fields = [],
    ) {}

    /**
     * @param Headers $headers the headers of the event, with secrets hidden
     *
     * @return list<Span>
     */
    public function spans(AmiEvent $event, Headers $headers): array
    {
        $spans = [
            new Span(date('H:i:s', (int) $event->receivedAt) . ' ', Style::Dim),
            new Span("{$event->serverKey} ", Style::Cyan),
            new Span($event->name, Style::Bold),
        ];
        foreach ($this->chosen($headers) as [$name, $value]) {
            $spans[] = new Span(' ' . Printable::text($name) . '=', Style::Dim);
            $spans[] = new Span(Printable::value($value));
        }

        return $spans;
    }

    /** @return list<array{string, string}> */
    private function chosen(Headers $headers): array
    {
        $chosen = [];
        foreach ($this->fields as $field) {
            foreach ($headers->pairs as $pair) {
                if (strcasecmp($pair[0], $field) === 0) {
                    $chosen[] = $pair;
                }
            }
        }
        if ($this->fields !== []) {
            return $chosen;
        }
        $rest = [];
        foreach ($headers->pairs as $pair) {
            $name = strtolower($pair[0]);
            if ($pair[1] === '' || in_array($name, self::LEFT_OUT, strict: true)) {
                continue;
            }
            $place = array_search($name, self::OF_EVERY_CHANNEL, strict: true);
            if ($place === false) {
                $chosen[] = $pair;
            } else {
                $rest[$place] = $pair;
            }
        }
        ksort($rest);

        return [...$chosen, ...$rest];
    }
}
