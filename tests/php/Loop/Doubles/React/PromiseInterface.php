<?php

declare(strict_types=1);

namespace React\Promise;

/** @template T */
interface PromiseInterface
{
    /**
     * @param (callable(T): mixed)|null $onFulfilled
     * @param (callable(\Throwable): mixed)|null $onRejected
     *
     * @return PromiseInterface<T>
     */
    public function then(?callable $onFulfilled = null, ?callable $onRejected = null): PromiseInterface;

    public function cancel(): void;
}
