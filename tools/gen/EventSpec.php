<?php

declare(strict_types=1);

namespace Apn\AmiClient\Tools;

/** One event of events.txt. */
final readonly class EventSpec
{
    /**
     * @param list<string> $classes all of them are needed
     * @param list<int> $versions
     * @param list<string> $headers
     */
    public function __construct(
        public string $name,
        public array $classes,
        public array $versions,
        public array $headers,
    ) {}

    public function isAnswer(): bool
    {
        return $this->classes === ['answer'];
    }

    public function constant(): string
    {
        return str_replace('-', '', $this->name);
    }
}
