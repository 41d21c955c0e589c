<?php

declare(strict_types=1);

namespace Apn\AmiClient\Recording;

/**
 * One line of a recording that can be replayed: an event, or an action with its answer.
 *
 * @internal
 */
final readonly class Entry
{
    private function __construct(
        /** Seconds since the recording began. */
        public float $at,
        public string $server,
        public ?Headers $event,
        public ?Answer $answer,
    ) {}

    /** @return self|null null if it is not a line of a recording */
    public static function ofJson(mixed $line): ?self
    {
        if (!is_array($line) || !is_numeric($line['at'] ?? null) || !is_string($line['server'] ?? null)) {
            return null;
        }
        $event = isset($line['event']) ? Headers::ofJson($line['event']) : null;
        $answer = isset($line['action']) ? Answer::ofJson($line) : null;
        $isBroken = isset($line['event']) && $event === null || isset($line['action']) && $answer === null;

        return $isBroken ? null : new self((float) $line['at'], $line['server'], $event, $answer);
    }
}
