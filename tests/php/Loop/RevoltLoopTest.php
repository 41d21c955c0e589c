<?php

declare(strict_types=1);

namespace Apn\AmiClient\Tests\Loop;

use Apn\AmiClient\Loop\EventLoop;
use Apn\AmiClient\Loop\RevoltLoop;
use Revolt\EventLoop as Revolt;

final class RevoltLoopTest extends EventLoopContract
{
    protected function loop(): EventLoop
    {
        return new RevoltLoop();
    }

    protected function runLoop(): void
    {
        Revolt::run();
    }

    public function testAQueuedCallbackThatSuspendsHoldsNobodyUp(): void
    {
        $log = [];
        $loop = new RevoltLoop();
        $loop->queue(static function () use (&$log): void {
            $suspension = Revolt::getSuspension();
            Revolt::delay(0.01, $suspension->resume(...));
            $suspension->suspend();
            $log[] = 'after the pause';
        });
        $loop->queue(static function () use (&$log): void {
            $log[] = 'meanwhile';
        });

        $this->runLoop();

        self::assertSame(['meanwhile', 'after the pause'], $log);
    }
}
