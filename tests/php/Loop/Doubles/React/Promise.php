<?php

declare(strict_types=1);

namespace React\Promise;

/**
 * @template T
 *
 * @implements PromiseInterface<T>
 */
final class Promise implements PromiseInterface
{
    /** @var list<\Closure> */
    private array $waiting = [];

    private ?\Closure $outcome = null;

    public function __construct(
        callable $resolver,
        private readonly mixed $canceller = null,
    ) {
        $resolver(fn(mixed $value = null) => $this->settle(static fn(?callable $good) => $good === null
            ? null
            : $good($value)), fn(\Throwable $error) => $this->settle(static fn(?callable $good, ?callable $bad) => $bad
            === null
                ? null
                : $bad($error)));
    }

    public function then(?callable $onFulfilled = null, ?callable $onRejected = null): PromiseInterface
    {
        $call = fn() => ($this->outcome)($onFulfilled, $onRejected);
        $this->outcome === null ? ($this->waiting[] = $call) : $call();

        return $this;
    }

    public function cancel(): void
    {
        ($this->canceller)();
    }

    private function settle(\Closure $outcome): void
    {
        $this->outcome ??= $outcome;
        foreach (array_splice($this->waiting, 0) as $call) {
            $call();
        }
    }
}
