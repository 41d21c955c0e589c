<?php

declare(strict_types=1);

namespace Apn\AmiClient\Tests\Real;

use Apn\AmiClient\AmiClientManager;
use Apn\AmiClient\AmiEvent;
use Apn\AmiClient\Glob;

/** The events that a listener got, in order. */
final class Heard implements \Countable
{
    /** @var list<AmiEvent> */
    public private(set) array $events = [];

    private function __construct() {}

    /**
     * @param string|list<string> $names
     * @param array<string, string|Glob|list<string|Glob>> $where
     */
    public static function by(AmiClientManager $ami, string|array $names, array $where = []): self
    {
        $heard = new self();
        $ami->onEvent(
            $names,
            static function (AmiEvent $event) use ($heard): void {
                $heard->events[] = $event;
            },
            $where,
        );

        return $heard;
    }

    #[\Override]
    public function count(): int
    {
        return \count($this->events);
    }

    /** Removes and returns the oldest event. */
    public function take(): AmiEvent
    {
        return array_shift($this->events) ?? throw new \UnderflowException('no event was heard');
    }

    /** The first event of this name. */
    public function first(string $name): AmiEvent
    {
        return (
            array_find(
                $this->events,
                static fn(AmiEvent $event): bool => $event->name === $name,
            ) ?? throw new \OutOfBoundsException("no {$name} was heard")
        );
    }

    /** Number of events of this name. */
    public function number(string $name): int
    {
        return \count(array_filter($this->events, static fn(AmiEvent $event): bool => $event->name === $name));
    }

    public function has(string $header, string $value): bool
    {
        return array_any($this->events, static fn(AmiEvent $event): bool => $event->get($header) === $value);
    }

    /** @return list<string|null> the header of each event */
    public function values(string $header): array
    {
        return array_map(static fn(AmiEvent $event): ?string => $event->get($header), $this->events);
    }
}
