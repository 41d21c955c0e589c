<?php

declare(strict_types=1);

namespace Apn\AmiClient\Tests\Loop;

use Apn\AmiClient\Actions\Ping;
use Apn\AmiClient\AmiClientManager;
use Apn\AmiClient\AmiEvent;
use Apn\AmiClient\ConnectionState;
use Apn\AmiClient\Loop\Bridge;
use Apn\AmiClient\Loop\EventLoop;
use Apn\AmiClient\Recording\ReplayServer;
use Apn\AmiClient\Response;
use Apn\AmiClient\ServerConfig;
use PHPUnit\Framework\TestCase;

/** The tests of a bridge. The loop drives the manager and the server at the other end, and only the loop waits. */
abstract class BridgeContract extends TestCase
{
    private const int GIVE_UP_MS = 10_000;

    protected AmiClientManager $manager;
    private ReplayServer $server;

    /** @var array<array-key, \Closure(): void> */
    private array $stops = [];

    abstract protected function loop(): EventLoop;

    abstract protected function runLoop(): void;

    abstract protected function stopLoop(): void;

    protected function setUp(): void
    {
        $this->server = new ReplayServer(file: dirname(__DIR__) . '/fixtures/ticks.jsonl');
        $port = (int) substr((string) strrchr($this->server->address(), ':'), 1);
        $this->manager = new AmiClientManager([new ServerConfig('pbx1', '127.0.0.1', $port, 'admin', 's3cret')]);
    }

    protected function tearDown(): void
    {
        $this->manager->terminate(grace: 0.0);
        $this->server->close();
    }

    public function testEventsReachTheirListenersInOrderBesideATimerAndASecondStream(): void
    {
        $loop = $this->loop();
        [$near, $far] = stream_socket_pair(STREAM_PF_UNIX, STREAM_SOCK_STREAM, 0) ?: self::fail('no socket pair');
        $read = '';
        $this->stops[] = $loop->onReadable($near, static function () use ($near, &$read): void {
            $read .= fread($near, 10);
        });
        $this->stops[] = $loop->delay(1, static fn() => fwrite($far, 'second stream'));
        $counts = [];
        $bridge = new Bridge($this->manager, $loop);
        $bridge->onEvent('Tick', static function (AmiEvent $event) use (&$counts): void {
            $counts[] = $event->int('Count');
        });

        $this->drive($bridge, until: static function () use (&$counts, &$read): bool {
            return count($counts) === 20 && $read === 'second stream';
        });

        self::assertSame(range(1, 20), $counts);
        self::assertSame('second stream', $read);
    }

    public function testChangesOfStateAreTold(): void
    {
        $states = [];
        $bridge = new Bridge($this->manager, $this->loop());
        $bridge->onStateChange(static function (string $server, ConnectionState $from, ConnectionState $to) use (
            &$states,
        ): void {
            $states[] = "{$server} {$to->value}";
        });

        $this->drive($bridge, until: static function () use (&$states): bool {
            return in_array('pbx1 ready', $states, strict: true);
        });

        self::assertContains('pbx1 ready', $states);
    }

    public function testAListenerRunsOutsideTheTickAndMaySendAndTick(): void
    {
        $bridge = new Bridge($this->manager, $this->loop());
        $response = null;
        $bridge->onEvent('Tick', function () use (&$response, $bridge): void {
            if ($response === null) {
                $this->manager->tick();
                $response = false;
                $bridge->onComplete($this->manager->send(new Ping()), static function (
                    ?\Throwable $error,
                    ?Response $answer,
                ) use (&$response): void {
                    $response = $error ?? $answer;
                });
            }
        });

        $this->drive($bridge, until: static function () use (&$response): bool {
            return is_object($response);
        });

        self::assertInstanceOf(Response::class, $response);
        self::assertSame('Pong', $response->get('Ping'));
    }

    public function testWhatAListenerThrowsReachesTheHandlerAndTheNextListenersRun(): void
    {
        $errors = [];
        $seen = 0;
        $bridge = new Bridge($this->manager, $this->loop(), onError: static function (\Throwable $error) use (
            &$errors,
        ): void {
            $errors[] = $error->getMessage();
        });
        $bridge->onEvent(
            'Tick',
            static fn(AmiEvent $event) => throw new \RuntimeException("no {$event->get('Count')}"),
        );
        $bridge->onEvent('Tick', static function () use (&$seen): void {
            ++$seen;
        });

        $this->drive($bridge, until: static function () use (&$seen): bool {
            return $seen === 20;
        });

        self::assertCount(20, $errors);
        self::assertSame('no 1', $errors[0]);
    }

    public function testWithoutAHandlerAThrownExceptionIsAWarningWithItsPlace(): void
    {
        $warnings = [];
        set_error_handler(static function (int $level, string $message) use (&$warnings): bool {
            $warnings[$message] = $level;

            return true;
        });
        try {
            $bridge = new Bridge($this->manager, $this->loop());
            $bridge->onEvent('Tick', static fn() => throw new \LogicException('oops'));
            $this->drive($bridge, until: static function () use (&$warnings): bool {
                return $warnings !== [];
            });
        } finally {
            restore_error_handler();
        }

        self::assertSame([E_USER_WARNING], array_values($warnings));
        self::assertMatchesRegularExpression(
            '/^LogicException in a listener: oops at .*BridgeContract\.php:\d+$/',
            (string) array_key_first($warnings),
        );
    }

    public function testAfterStopNothingIsDeliveredAndStartGoesOn(): void
    {
        $counts = [];
        $loop = $this->loop();
        $bridge = new Bridge($this->manager, $loop);
        $whenStopped = null;
        $goOn = static function () use (&$counts, &$whenStopped, $bridge): void {
            $whenStopped = count($counts);
            $bridge->start();
        };
        $bridge->onEvent('Tick', function (AmiEvent $event) use (&$counts, $bridge, $loop, $goOn): void {
            $counts[] = $event->int('Count');
            $bridge->stop();
            // The wait is longer than the recording.
            $this->stops['go on'] ??= $loop->delay(400, $goOn);
        });

        $this->drive($bridge, until: static function () use (&$counts, &$whenStopped): bool {
            return $whenStopped !== null && count($counts) > $whenStopped;
        });

        self::assertGreaterThanOrEqual(1, $whenStopped);
        self::assertLessThan(20, $whenStopped);
    }

    public function testIdleItHardlyWakesTheLoop(): void
    {
        $counting = new CountingLoop($this->loop());
        $bridge = new Bridge($this->manager, $counting);
        $ticks = 0;
        $bridge->onEvent('Tick', static function () use (&$ticks): void {
            ++$ticks;
        });
        $wakes = null;

        $this->drive($bridge, until: function () use (&$ticks, &$wakes, $counting): bool {
            if ($ticks === 20 && $wakes === null) {
                $wakes = 0;
                $counting->calls = 0;
                $this->stops[] = $this->loop()->delay(500, static function () use (&$wakes, $counting): void {
                    $wakes = $counting->calls + 1;
                });
            }

            return $wakes > 0;
        });

        self::assertLessThanOrEqual(5, $wakes - 1, 'in half a second without an event');
    }

    /** @param \Closure(): bool $until */
    protected function drive(Bridge $bridge, \Closure $until): void
    {
        $loop = $this->loop();
        $finish = function () use ($bridge): void {
            $bridge->stop();
            foreach ($this->stops as $stop) {
                $stop();
            }
            $this->stopLoop();
        };
        $serve = function () use ($loop, $until, $finish, &$serve): void {
            $this->server->step(0.0);
            $until() ? $finish() : ($this->stops['serve'] = $loop->delay(2, $serve));
        };
        $serve();
        $this->stops['give up'] = $loop->delay(self::GIVE_UP_MS, $finish);
        $this->manager->connectAll();
        $bridge->start();

        $this->runLoop();
    }
}
