<?php

declare(strict_types=1);

namespace React\Promise;

/** @template T */
interface PromiseInterface
{
    public function then(?callable $onFulfilled = null, ?callable $onRejected = null): PromiseInterface;

    public function cancel(): void;
}
