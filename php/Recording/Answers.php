<?php

declare(strict_types=1);

namespace Apn\AmiClient\Recording;

/**
 * The answered actions of a recording.
 *
 * @internal
 */
final readonly class Answers
{
    /** @param array<string, array<string, non-empty-list<array<string, mixed>>>> $byServer answers in their order, by server and action */
    private function __construct(
        public array $byServer,
    ) {}

    public static function of(string $file): self
    {
        $byServer = [];
        foreach (RecordingFile::read($file) as $entry) {
            if (!isset($entry['action'], $entry['answer'])) {
                continue;
            }
            $events = [...($entry['events'] ?? []), ...(isset($entry['complete']) ? [$entry['complete']] : [])];
            $answer = self::message($entry['answer']);
            if ($events !== []) {
                $answer['events'] = array_map(self::message(...), $events);
            }
            $byServer[(string) $entry['server']][(string) Headers::first($entry['action'], 'Action')][] = $answer;
        }

        return new self($byServer);
    }

    /**
     * @param list<array{string, string}> $pairs
     *
     * @return array<string, string|list<string>> without the id, which is another one at every play
     */
    private static function message(array $pairs): array
    {
        return Headers::toArray(Headers::without($pairs, 'ActionID'));
    }
}
