<?php

declare(strict_types=1);

namespace Apn\AmiClient\Laravel\Routing;

use Apn\AmiClient\AmiEvent;
use Apn\AmiClient\Glob;
use Apn\AmiClient\Laravel\Events\AmiGap;
use Closure;

/** The listeners of one reader of the stream: `Ami::reader('wallboard')`. They run in `ami:read wallboard` alone, in order. */
final class ReaderRoutes
{
    /** @var list<Registration> */
    private array $registered = [];

    /** @var list<Closure(AmiGap): void> */
    private array $gapListeners = [];

    public function __construct(
        public readonly string $name,
    ) {}

    /**
     * @param string|list<string> $names event names in any case, or patterns with *
     * @param class-string|array{class-string|object, string}|callable(AmiEvent, string): void $target
     * @param array<string, string|int|Glob|list<string|int|Glob>> $where headers that must match
     */
    public function on(string|array $names, string|array|callable $target, array $where = []): self
    {
        $place = EventRoutes::place("Ami::reader('{$this->name}')->on()");
        $this->registered[] = new Registration($names, $target, $where, $place);

        return $this;
    }

    /**
     * Called where events of a server may be missing, in the order of the events around it.
     *
     * @param callable(AmiGap): void $listener
     */
    public function onGap(callable $listener): self
    {
        $this->gapListeners[] = $listener(...);

        return $this;
    }

    /** @return list<Route> */
    public function routes(): array
    {
        return array_map(static fn(Registration $one): Route => $one->route(), $this->registered);
    }

    public function gap(AmiGap $gap): void
    {
        foreach ($this->gapListeners as $listener) {
            $listener($gap);
        }
    }
}
