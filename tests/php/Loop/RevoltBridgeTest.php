<?php

declare(strict_types=1);

namespace Apn\AmiClient\Tests\Loop;

use Apn\AmiClient\Actions\Ping;
use Apn\AmiClient\AmiEvent;
use Apn\AmiClient\Exception\ActionErrorResponseException;
use Apn\AmiClient\Exception\AwaitTimeoutException;
use Apn\AmiClient\GenericAction;
use Apn\AmiClient\Loop\Bridge;
use Apn\AmiClient\Loop\EventLoop;
use Apn\AmiClient\Loop\RevoltLoop;
use Revolt\EventLoop as Revolt;
use Revolt\EventLoop\DriverFactory;

final class RevoltBridgeTest extends BridgeContract
{
    protected function setUp(): void
    {
        parent::setUp();
        // The loop belongs to the process, so callbacks of one test must not remain for the next one.
        Revolt::setDriver(new DriverFactory()->create());
    }

    protected function loop(): EventLoop
    {
        return new RevoltLoop();
    }

    protected function runLoop(): void
    {
        Revolt::run();
    }

    protected function stopLoop(): void
    {
        // The loop ends by itself, because nothing is left to wait for.
    }

    public function testAListenerThatSuspendsNeitherBlocksNorBreaksTheLoop(): void
    {
        $loop = new RevoltLoop();
        $began = [];
        $ended = [];
        $bridge = new Bridge($this->manager, $loop);
        $bridge->onEvent('Tick', static function (AmiEvent $event) use (&$began, &$ended): void {
            $began[] = $event->int('Count');
            $suspension = Revolt::getSuspension();
            // The wait is longer than the recording, so all listeners have begun before the first one ends.
            Revolt::delay(0.4, $suspension->resume(...));
            $suspension->suspend();
            $ended[] = $event->int('Count');
        });

        $beganBeforeTheFirstEnd = 0;
        $this->drive($bridge, until: static function () use (&$began, &$ended, &$beganBeforeTheFirstEnd): bool {
            $beganBeforeTheFirstEnd = $ended === [] ? count($began) : $beganBeforeTheFirstEnd;

            return count($ended) === 20;
        });

        self::assertSame(20, $beganBeforeTheFirstEnd);
        self::assertSame(range(1, 20), $ended);
    }

    public function testAListenerAwaitsAnActionWhileOthersRun(): void
    {
        $loop = new RevoltLoop();
        $log = [];
        $bridge = new Bridge($this->manager, $loop);
        $bridge->onEvent('Tick', function (AmiEvent $event) use (&$log, $loop): void {
            $log[] = "{$event->get('Count')} asks";
            $log[] = "{$event->get('Count')} {$loop->await($this->manager->send(new Ping()))->get('Ping')}";
        });

        $this->drive($bridge, until: static function () use (&$log): bool {
            return count($log) === 40;
        });

        self::assertSame('1 asks', $log[0]);
        self::assertContains('1 Pong', $log);
        self::assertContains('20 Pong', $log);
    }

    public function testAnErrorOfTheServerIsThrownWhereItIsAwaited(): void
    {
        $loop = new RevoltLoop();
        $error = null;
        $bridge = new Bridge($this->manager, $loop);
        $bridge->onEvent(
            'Tick',
            function () use (&$error, $loop): void {
                try {
                    $loop->await($this->manager->send(new GenericAction('Nonsense')), timeout: 5.0);
                } catch (ActionErrorResponseException $thrown) {
                    $error = $thrown;
                }
            },
            where: ['Count' => '1'],
        );

        $this->drive($bridge, until: static function () use (&$error): bool {
            return $error !== null;
        });

        self::assertStringContainsString('Invalid/unknown command', (string) $error?->getMessage());
    }

    public function testAnAwaitThatTakesTooLongThrowsAndTheActionLivesOn(): void
    {
        $loop = new RevoltLoop();
        $error = $pending = null;
        $bridge = new Bridge($this->manager, $loop);
        $bridge->onEvent('Tick', function () use (&$error, &$pending, $loop): void {
            if ($pending === null) {
                $pending = $this->manager->send(new GenericAction('Silence'));
                try {
                    $loop->await($pending, timeout: 0.01);
                } catch (AwaitTimeoutException $thrown) {
                    $error = $thrown;
                }
            }
        });

        $this->drive($bridge, until: static function () use (&$error): bool {
            return $error !== null;
        });

        self::assertSame($pending?->getActionId(), $error?->actionId);
        self::assertFalse($pending?->isFinished());
    }

    public function testEventsAboveTheBoundOfUnfinishedListenersAreDroppedAndCounted(): void
    {
        $errors = [];
        $began = 0;
        $bridge = new Bridge(
            $this->manager,
            new RevoltLoop(),
            unfinishedMax: 3,
            onError: static function (\Throwable $error) use (&$errors): void {
                $errors[] = $error;
            },
        );
        $bridge->onEvent('Tick', static function () use (&$began): void {
            ++$began;
            $suspension = Revolt::getSuspension();
            Revolt::delay(1.0, $suspension->resume(...));
            $suspension->suspend();
        });

        $this->drive($bridge, until: static fn(): bool => $bridge->droppedEvents() === 17);

        self::assertSame('3 began', "{$began} began");
        self::assertCount(1, $errors);
        self::assertInstanceOf(\OverflowException::class, $errors[0]);
    }
}
