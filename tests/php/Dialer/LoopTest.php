<?php

declare(strict_types=1);

namespace Apn\AmiClient\Tests\Dialer;

use Apn\AmiClient\Actions\Originate;
use Apn\AmiClient\AmiClientManager;
use Apn\AmiClient\Dialer;
use Apn\AmiClient\DialResult;
use Apn\AmiClient\Loop\Bridge;
use Apn\AmiClient\Loop\RevoltLoop;
use PHPUnit\Framework\TestCase;
use Revolt\EventLoop;
use Revolt\EventLoop\DriverFactory;

require_once \dirname(__DIR__, 2) . '/phpt/fake.inc';

/** A dialer in the loop of a library, on servers behind real sockets. */
final class LoopTest extends TestCase
{
    public function testAStepNowAndThenIsAllThatItNeedsAlsoWhereItsFunctionsSuspend(): void
    {
        EventLoop::setDriver(new DriverFactory()->create());
        $fake = new \Fake(2);
        $ami = new AmiClientManager($fake->servers());
        $bridge = new Bridge($ami, new RevoltLoop());
        $results = $waits = [];
        $dialer = new Dialer(
            $ami,
            array_map(static fn(int $number): string => "Local/{$number}@busy", range(1, 20)),
            static function (string $channel): Originate {
                // As one that asks a database for more.
                $suspension = EventLoop::getSuspension();
                EventLoop::delay(0.03, $suspension->resume(...));
                $suspension->suspend();

                return new Originate(channel: $channel, application: 'Wait', data: '1');
            },
            static function (DialResult $result) use (&$results, &$waits): void {
                $results[] = $result->outcome?->value;
                // A callback that waits holds nothing up: the next step goes on with the other results.
                $suspension = EventLoop::getSuspension();
                EventLoop::delay(0.2, $suspension->resume(...));
                $suspension->suspend();
                $waits[] = true;
            },
            perSecond: 50.0,
        );
        $ami->connectAll();
        $bridge->start();
        EventLoop::repeat(0.02, static function (string $timer) use ($dialer, $bridge, $ami): void {
            if ($dialer->step()) {
                EventLoop::cancel($timer);
                // Callbacks that wait still have their turn.
                EventLoop::delay(0.3, static function () use ($bridge, $ami): void {
                    $bridge->stop();
                    $ami->terminate();
                });
            }
        });
        EventLoop::run();

        self::assertSame(array_fill(0, 20, 'busy'), $results);
        self::assertCount(20, $waits);
        $fake->kill();
    }
}
