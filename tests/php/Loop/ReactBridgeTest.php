<?php

declare(strict_types=1);

namespace Apn\AmiClient\Tests\Loop;

use Apn\AmiClient\Actions\Ping;
use Apn\AmiClient\Exception\ActionErrorResponseException;
use Apn\AmiClient\GenericAction;
use Apn\AmiClient\Loop\Bridge;
use Apn\AmiClient\Loop\EventLoop;
use Apn\AmiClient\Loop\ReactLoop;
use Apn\AmiClient\Response;
use React\EventLoop\LoopInterface;
use React\EventLoop\StreamSelectLoop;

if (!interface_exists(LoopInterface::class)) {
    require_once __DIR__ . '/Doubles/react.php';
}

final class ReactBridgeTest extends BridgeContract
{
    private StreamSelectLoop $react;

    protected function setUp(): void
    {
        parent::setUp();
        $this->react = new StreamSelectLoop();
    }

    protected function loop(): EventLoop
    {
        return new ReactLoop($this->react);
    }

    protected function runLoop(): void
    {
        $this->react->run();
    }

    protected function stopLoop(): void
    {
        $this->react->stop();
    }

    public function testAPromiseIsKeptWithTheResponseOrBrokenWithTheError(): void
    {
        $loop = new ReactLoop($this->react);
        $outcomes = [];
        $bridge = new Bridge($this->manager, $loop);
        $note = static function (mixed $outcome) use (&$outcomes): void {
            $outcomes[] = $outcome;
        };
        $bridge->onEvent('Tick', function () use ($loop, $note, &$outcomes): void {
            if ($outcomes === []) {
                $loop->promise($this->manager->send(new Ping()))->then($note);
                $loop->promise($this->manager->send(new GenericAction('Nonsense')))->then(null, $note);
            }
        });

        $this->drive($bridge, until: static function () use (&$outcomes): bool {
            return count($outcomes) >= 2;
        });

        self::assertInstanceOf(Response::class, $outcomes[0]);
        self::assertInstanceOf(ActionErrorResponseException::class, $outcomes[1]);
    }

    public function testACancelledPromiseCancelsItsAction(): void
    {
        $loop = new ReactLoop($this->react);
        $pending = null;
        $bridge = new Bridge($this->manager, $loop);
        $bridge->onEvent('Tick', function () use ($loop, &$pending): void {
            if ($pending === null) {
                $pending = $this->manager->send(new Ping());
                $promise = $loop->promise($pending);
                $promise->then(null, static fn() => null);
                $promise->cancel();
            }
        });

        $this->drive($bridge, until: static function () use (&$pending): bool {
            return $pending !== null && $pending->isFinished();
        });

        self::assertNull($pending?->getResponse());
    }
}
