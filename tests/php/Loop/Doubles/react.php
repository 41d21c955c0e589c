<?php

declare(strict_types=1);

// What ReactLoop uses of react/event-loop and react/promise, for a machine that cannot have them. Loaded only where the real ones are missing.

namespace React\EventLoop {
    interface TimerInterface {}

    interface LoopInterface
    {
        public function addReadStream($stream, $listener);

        public function removeReadStream($stream);

        public function addTimer($interval, $callback);

        public function cancelTimer(TimerInterface $timer);

        public function futureTick($listener);

        public function run();

        public function stop();
    }

    final class StreamSelectLoop implements LoopInterface
    {
        private readonly \Apn\AmiClient\Tests\Loop\Doubles\SelectLoop $loop;

        /** @var array<int, int> */
        private array $readers = [];

        public function __construct()
        {
            $this->loop = new \Apn\AmiClient\Tests\Loop\Doubles\SelectLoop();
        }

        public function addReadStream($stream, $listener): void
        {
            $this->readers[(int) $stream] = $this->loop->read($stream, static fn() => $listener($stream));
        }

        public function removeReadStream($stream): void
        {
            $this->loop->cancel($this->readers[(int) $stream] ?? 0);
        }

        public function addTimer($interval, $callback): TimerInterface
        {
            return new class($this->loop->timer($interval, $callback(...))) implements TimerInterface {
                public function __construct(
                    public readonly int $id,
                ) {}
            };
        }

        public function cancelTimer(TimerInterface $timer): void
        {
            $this->loop->cancel($timer->id);
        }

        public function futureTick($listener): void
        {
            $this->loop->queue($listener(...));
        }

        public function run(): void
        {
            $this->loop->run();
        }

        public function stop(): void
        {
            $this->loop->stop();
        }
    }
}

namespace React\Promise {
    /** @template T */
    interface PromiseInterface
    {
        public function then(?callable $onFulfilled = null, ?callable $onRejected = null): PromiseInterface;

        public function cancel(): void;
    }

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
                : $good($value)), fn(\Throwable $error) => $this->settle(static fn(
                ?callable $good,
                ?callable $bad,
            ) => $bad === null ? null : $bad($error)));
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
}
