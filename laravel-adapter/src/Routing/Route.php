<?php

declare(strict_types=1);

namespace Apn\AmiClient\Laravel\Routing;

use Apn\AmiClient\AmiEvent;
use Apn\AmiClient\Glob;
use Closure;
use Illuminate\Support\Str;

/** Which events go to whom. */
final readonly class Route
{
    /**
     * @param list<string> $names event names in any case, or patterns with *
     * @param array<string, list<string|Glob>> $where headers that must match, and a value of which each must have
     * @param string $label who asked for them, for people
     * @param Closure(AmiEvent, string): void $deliver the event and its id
     */
    public function __construct(
        public array $names,
        public array $where,
        public string $label,
        public Closure $deliver,
    ) {}

    /**
     * The same events, given to something else.
     *
     * @param Closure(AmiEvent, string): void $deliver
     */
    public function to(Closure $deliver): self
    {
        return new self($this->names, $this->where, $this->label, $deliver);
    }

    public function isCatchAll(): bool
    {
        return in_array('*', $this->names, strict: true) && $this->where === [];
    }

    /** Whether the event is one of these; for events that no native subscription chose. */
    public function takes(AmiEvent $event): bool
    {
        $isWanted = /** @param list<string|Glob> $wanted */ static fn(array $wanted, string $header): bool => array_any(
            $event->all($header),
            static fn(string $value): bool => self::isWanted($value, $wanted),
        );

        return self::isNamed($event->name, $this->names) && array_all($this->where, $isWanted);
    }

    /** @param list<string> $patterns */
    public static function isNamed(string $name, array $patterns): bool
    {
        return Str::is(array_map(strtolower(...), $patterns), strtolower($name));
    }

    /** @param list<string|Glob> $wanted */
    private static function isWanted(string $value, array $wanted): bool
    {
        return array_any($wanted, static fn(string|Glob $one): bool => is_string($one)
            ? $one === $value
            : Str::is($one->pattern, $value));
    }
}
