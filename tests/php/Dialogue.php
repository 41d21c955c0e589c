<?php

declare(strict_types=1);

namespace Apn\AmiClient\Tests;

use Apn\AmiClient\AmiEvent;
use Apn\AmiClient\Response;

/** Messages of a real Asterisk as they were received, from tests/php/fixtures. */
final readonly class Dialogue
{
    /**
     * @param list<array<string, string|list<string>>> $blocks
     */
    private function __construct(
        private array $blocks,
    ) {}

    public static function of(string $fixture): self
    {
        $blocks = [];
        foreach (explode("\n\n", trim((string) file_get_contents(__DIR__ . "/fixtures/{$fixture}"))) as $block) {
            $headers = [];
            foreach (explode("\n", $block) as $line) {
                [$name, $value] = explode(':', $line, 2);
                $headers[$name] = ltrim($value);
            }
            $blocks[] = $headers;
        }

        return new self($blocks);
    }

    public function response(): Response
    {
        foreach ($this->blocks as $headers) {
            if (!isset($headers['Event'])) {
                return Response::fromArray('pbx1', $headers);
            }
        }
        throw new \UnexpectedValueException('no response in this dialogue');
    }

    /** @return list<AmiEvent> */
    public function events(string $name): array
    {
        $events = array_filter($this->blocks, static fn(array $headers): bool => ($headers['Event'] ?? null) === $name);

        return array_map(static fn(array $headers): AmiEvent => AmiEvent::fromArray(
            'pbx1',
            $headers,
        ), array_values($events));
    }
}
