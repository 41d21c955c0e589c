<?php

declare(strict_types=1);

namespace Apn\AmiClient\Tests\Loop;

use Apn\AmiClient\Loop\EventLoop;
use PHPUnit\Framework\TestCase;

/** The contract of every adapter of an event loop. */
abstract class EventLoopContract extends TestCase
{
    abstract protected function loop(): EventLoop;

    /** Runs the loop until nothing is left to wait for. */
    abstract protected function runLoop(): void;

    public function testAReadableStreamCallsBackUntilItIsStopped(): void
    {
        [$near, $far] = self::pair();
        fwrite($far, 'ab');
        $read = '';
        $stop = static fn(): null => null;
        $stop = $this->loop()->onReadable($near, static function () use ($near, &$read, &$stop): void {
            $read .= fread($near, 1);
            if ($read === 'ab') {
                $stop();
            }
        });

        $this->runLoop();

        self::assertSame('ab', $read);
    }

    public function testADelayCallsBackOnceAndNotBeforeItsTime(): void
    {
        $began = hrtime(true);
        $waited = [];
        $this->loop()->delay(20, static function () use ($began, &$waited): void {
            $waited[] = (hrtime(true) - $began) / 1e6;
        });

        $this->runLoop();

        self::assertCount(1, $waited);
        self::assertGreaterThan(19.0, $waited[0]);
    }

    public function testAStoppedDelayNeverCallsBack(): void
    {
        $called = false;
        $stop = $this->loop()->delay(1, static function () use (&$called): void {
            $called = true;
        });
        $stop();
        $this->loop()->delay(5, static fn() => null);

        $this->runLoop();

        self::assertFalse($called);
    }

    public function testQueuedCallbacksRunInOrderAfterTheCallerReturned(): void
    {
        $log = [];
        $this->loop()->delay(0, function () use (&$log): void {
            foreach ([1, 2, 3] as $number) {
                $this->loop()->queue(static function () use ($number, &$log): void {
                    $log[] = $number;
                });
            }
            $log[] = 'returned';
        });

        $this->runLoop();

        self::assertSame(['returned', 1, 2, 3], $log);
    }

    /** @return array{resource, resource} */
    protected static function pair(): array
    {
        $pair = stream_socket_pair(STREAM_PF_UNIX, STREAM_SOCK_STREAM, 0);
        self::assertIsArray($pair);

        return $pair;
    }
}
