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
    /** @var list<array{(callable(T): mixed)|null, (callable(\Throwable): mixed)|null}> */
    private array $waiting = [];

    /** @var (\Closure((callable(T): mixed)|null, (callable(\Throwable): mixed)|null): mixed)|null */
    private ?\Closure $outcome = null;

    /**
     * @param callable(callable(T): void, callable(\Throwable): void): void $resolver
     * @param (callable(): void)|null $canceller
     */
    public function __construct(
        callable $resolver,
        private readonly mixed $canceller = null,
    ) {
        $resolver(function (mixed $value): void {
            $this->settle(static fn(?callable $good): mixed => $good === null ? null : $good($value));
        }, function (\Throwable $error): void {
            $this->settle(static fn(?callable $good, ?callable $bad): mixed => $bad === null ? null : $bad($error));
        });
    }

    public function then(?callable $onFulfilled = null, ?callable $onRejected = null): PromiseInterface
    {
        if ($this->outcome === null) {
            $this->waiting[] = [$onFulfilled, $onRejected];
        } else {
            ($this->outcome)($onFulfilled, $onRejected);
        }

        return $this;
    }

    public function cancel(): void
    {
        if ($this->canceller !== null) {
            ($this->canceller)();
        }
    }

    private function settle(\Closure $outcome): void
    {
        if ($this->outcome !== null) {
            return;
        }
        $this->outcome = $outcome;
        foreach ($this->waiting as [$good, $bad]) {
            $outcome($good, $bad);
        }
    }
}
