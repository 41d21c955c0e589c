<?php

declare(strict_types=1);

namespace Apn\AmiClient\Loop;

use Apn\AmiClient\Exception\AwaitTimeoutException;
use Apn\AmiClient\Pending;
use Apn\AmiClient\Response;
use Revolt\EventLoop as Revolt;

/**
 * The event loop of Revolt and Amp. Needs revolt/event-loop. Every queued listener runs in its own fiber.
 *
 *     $bridge = new Bridge($manager, new RevoltLoop());
 *     $bridge->onEvent(EventName::Hangup, function (AmiEvent $event) use ($manager, $loop): void {
 *         $status = $loop->await($manager->send(new CoreStatus()));
 *     });
 *     $bridge->start();
 *     Revolt\EventLoop::run();
 */
final readonly class RevoltLoop implements EventLoop
{
    public function __construct()
    {
        if (!class_exists(Revolt::class)) {
            throw new \LogicException('RevoltLoop needs Revolt: composer require revolt/event-loop');
        }
    }

    public function onReadable($stream, \Closure $callback): \Closure
    {
        $id = Revolt::onReadable($stream, self::call($callback));

        return static function () use ($id): void {
            Revolt::cancel($id);
        };
    }

    public function delay(int $milliseconds, \Closure $callback): \Closure
    {
        $id = Revolt::delay($milliseconds / 1000, self::call($callback));

        return static function () use ($id): void {
            Revolt::cancel($id);
        };
    }

    public function queue(\Closure $callback): void
    {
        Revolt::queue(self::call($callback));
    }

    /**
     * Like Pending::await(), but it suspends only the current fiber. The loop and the bridge, which the action needs, go on.
     *
     * @throws AwaitTimeoutException if $timeout ran out: the action goes on
     * @throws \Throwable the exceptions of Pending::await()
     */
    public function await(Pending $pending, ?float $timeout = null): Response
    {
        $suspension = Revolt::getSuspension();
        $waiting = true;
        $timer = null;
        if ($timeout !== null) {
            $timer = Revolt::delay($timeout, static function () use ($suspension, $pending, $timeout, &$waiting): void {
                $waiting = false;
                $suspension->throw(
                    new AwaitTimeoutException(
                        "no answer to {$pending->getActionId()} within {$timeout} s; the action goes on",
                        $pending->getServerKey(),
                        $pending->getActionId(),
                    ),
                );
            });
        }
        $pending->onComplete(static function (?\Throwable $error, ?Response $response) use (
            $suspension,
            $timer,
            &$waiting,
        ): void {
            if (!$waiting) {
                return;
            }
            $waiting = false;
            if ($timer !== null) {
                Revolt::cancel($timer);
            }
            $error === null ? $suspension->resume($response) : $suspension->throw($error);
        });

        /** @var mixed $response */
        $response = $suspension->suspend();

        return $response instanceof Response ? $response : throw new \LogicException('resumed without a response');
    }

    /**
     * Wraps a callback for Revolt, which passes an id to its callbacks and refuses any return value.
     *
     * @param \Closure(): mixed $callback
     */
    private static function call(\Closure $callback): \Closure
    {
        return static function () use ($callback): void {
            $callback();
        };
    }
}
