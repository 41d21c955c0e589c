<?php

declare(strict_types=1);

namespace Apn\AmiClient\Tools;

/** Makes php/Events: constants with the names of events and of their headers. */
final readonly class EventClasses
{
    private const string SOURCE = 'tools/data/events.txt';

    public function __construct(
        private EventFile $file,
    ) {}

    /** @return array<string, string> text by file name under php/Events */
    public function files(): array
    {
        return ['EventName.php' => $this->names(), 'Header.php' => $this->headers()];
    }

    private function names(): string
    {
        $constants = [];
        foreach ($this->file->events as $event) {
            $constants[] =
                Source::docblock($this->description($event), indent: '    ', apart: false)
                . "\n    public const string {$event->constant()} = '{$event->name}';";
        }

        return Source::file('Apn\AmiClient\Events', self::SOURCE, [], implode("\n", [
            '/** Names of all events of Asterisk 20 to 23. Other names, such as those of your own modules, are given as strings. */',
            'final class EventName',
            '{',
            implode("\n\n", $constants),
            "\n    private function __construct() {}",
            '}',
        ]));
    }

    /** @return non-empty-list<string> */
    private function description(EventSpec $event): array
    {
        $class = $event->isAnswer()
            ? 'Sent to the session that asked, whatever its read classes.'
            : 'Read class: ' . Words::enumeration($event->classes) . '.';
        $asterisk = $event->versions === [20, 21, 22, 23]
            ? ''
            : ' Asterisk ' . Versions::words($event->versions) . ' only.';
        $headers = $event->headers === [] ? [] : ['Headers: ' . implode(', ', $event->headers) . '.'];

        return [$class . $asterisk, ...$headers];
    }

    private function headers(): string
    {
        $spellings = [];
        foreach ($this->file->events as $event) {
            foreach ($event->headers as $header) {
                $spellings[strtolower($header)][] = $header;
            }
        }
        $constants = [];
        foreach ($spellings as $variants) {
            $counts = array_count_values($variants);
            arsort($counts);
            $header = array_key_first($counts);
            $constant = '';
            foreach (array_keys($counts) as $variant) {
                $constant = self::moreWords($constant, Words::pascal((string) $variant));
            }
            // "class" is the only name that PHP reserves for constants.
            $constant = $constant === 'Class' ? 'ClassHeader' : $constant;
            if (isset($constants[$constant])) {
                throw new \UnexpectedValueException("{$header} and {$constants[$constant]} would both be {$constant}");
            }
            $constants[$constant] = $header;
        }
        ksort($constants, SORT_FLAG_CASE | SORT_STRING);
        $lines = [];
        foreach ($constants as $constant => $header) {
            $lines[] = "    public const string {$constant} = '{$header}';";
        }

        return Source::file('Apn\AmiClient\Events', self::SOURCE, [], implode("\n", [
            '/** Names of all headers that events of Asterisk 20 to 23 have. The case of a header name does not matter. */',
            'final class Header',
            '{',
            ...$lines,
            "\n    private function __construct() {}",
            '}',
        ]));
    }

    /** Of two spellings, the one with more capital letters, because it shows more words. */
    private static function moreWords(string $one, string $other): string
    {
        return strlen((string) preg_replace('/[^A-Z]/', '', $other)) > strlen((string) preg_replace(
            '/[^A-Z]/',
            '',
            $one,
        ))
            ? $other
            : $one;
    }
}
