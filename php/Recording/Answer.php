<?php

declare(strict_types=1);

namespace Apn\AmiClient\Recording;

/**
 * The answer to a recorded action.
 *
 * @internal
 */
final readonly class Answer
{
    /**
     * @param Headers|null $response null if there was no response
     * @param list<Headers> $events the events of the list, and the event that ends it
     */
    private function __construct(
        public string $action,
        public ?Headers $response,
        public array $events,
    ) {}

    /** @param array<array-key, mixed> $line */
    public static function ofJson(array $line): ?self
    {
        $action = Headers::ofJson($line['action'] ?? null)?->first('Action');
        if ($action === null || !isset($line['answer'])) {
            return $action === null ? null : new self($action, null, []);
        }
        $response = Headers::ofJson($line['answer']);
        /** @var mixed $listed */
        $listed = $line['events'] ?? [];
        if ($response === null || !is_array($listed)) {
            return null;
        }
        $events = [];
        foreach (array_keys($listed) as $index) {
            $events[] = Headers::ofJson($listed[$index])?->without('ActionID');
        }
        if (isset($line['complete'])) {
            $events[] = Headers::ofJson($line['complete'])?->without('ActionID');
        }
        // Every replay has other ids.
        return in_array(null, $events, strict: true)
            ? null
            : new self($action, $response->without('ActionID'), array_values(array_filter($events)));
    }

    /**
     * All answers of a recording in order, by server and by action in lower case.
     *
     * @return array<string, array<string, non-empty-list<self>>>
     */
    public static function all(string $file): array
    {
        $all = [];
        foreach (RecordingFile::read($file) as $entry) {
            if ($entry->answer !== null) {
                $all[$entry->server][strtolower($entry->answer->action)][] = $entry->answer;
            }
        }

        return $all;
    }

    /** @return array<string, mixed> an answer for FakeAsterisk::respond() */
    public function toArray(): array
    {
        $events = array_map(static fn(Headers $event): array => $event->toArray(), $this->events);

        return ($this->response?->toArray() ?? []) + ($events === [] ? [] : ['events' => $events]);
    }

    public function toWire(?string $actionId): string
    {
        $blocks = array_map(static fn(Headers $event): string => $event->toWire($actionId), $this->events);

        return (string) $this->response?->toWire($actionId) . implode('', $blocks);
    }
}
