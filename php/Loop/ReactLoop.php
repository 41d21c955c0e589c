<?php

declare(strict_types=1);

namespace Apn\AmiClient\Loop;

use Apn\AmiClient\Pending;
use Apn\AmiClient\Response;
use React\EventLoop\LoopInterface;
use React\EventLoop\TimerInterface;
use React\Promise\Promise;
use React\Promise\PromiseInterface;

/**
 * The event loop of ReactPHP. Needs react/event-loop, and react/promise for promise().
 *
 *     $bridge = new Bridge($manager, new ReactLoop(React\EventLoop\Loop::get()));
 *     $bridge->onEvent(EventName::Hangup, fn(AmiEvent $event) => $wallboard->hungUp($event));
 *     $bridge->start();
 *
 * Queued listeners run on the loop's own stack. A listener that suspends must start its own fiber, with React\Async\async().
 */
final readonly class ReactLoop implements EventLoop
{
    public function __construct(
        private LoopInterface $loop,
    ) {}

    public function onReadable($stream, \Closure $callback): \Closure
    {
        $this->loop->addReadStream($stream, static fn() => $callback());

        return function () use ($stream): void {
            $this->loop->removeReadStream($stream);
        };
    }

    public function delay(int $milliseconds, \Closure $callback): \Closure
    {
        /** @var TimerInterface $timer */
        $timer = $this->loop->addTimer($milliseconds / 1000, static fn() => $callback());

        return function () use ($timer): void {
            $this->loop->cancelTimer($timer);
        };
    }

    public function queue(\Closure $callback): void
    {
        $this->loop->futureTick($callback);
    }

    /** @return PromiseInterface<Response> is rejected with the exception of Pending::await(); cancelling it cancels the action */
    public function promise(Pending $pending): PromiseInterface
    {
        return new Promise(
            function (callable $resolve, callable $reject) use ($pending): void {
                $pending->onComplete(function (?\Throwable $error, ?Response $response) use ($resolve, $reject): void {
                    // Settled in the loop, because the promise's handlers would run inside the tick otherwise.
                    $this->loop->futureTick(static fn() => $error === null ? $resolve($response) : $reject($error));
                });
            },
            static function () use ($pending): void {
                $pending->cancel();
            },
        );
    }
}
