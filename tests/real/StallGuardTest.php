<?php

declare(strict_types=1);

namespace Apn\AmiClient\Tests\Real;

use Apn\AmiClient\Actions\Ping;
use Apn\AmiClient\AmiClientManager;
use Apn\AmiClient\ClientOptions;
use Apn\AmiClient\ClusterOptions;
use Apn\AmiClient\ConnectionState;
use Apn\AmiClient\DisconnectReason;
use PHPUnit\Framework\Attributes\DataProvider;

/**
 * A listener sleeps through a flood on an account with Asterisk's own writetimeout of 100 ms.
 *
 * Asterisk closes the session of a client that stops reading: the guard reads on while PHP is away.
 */
final class StallGuardTest extends RealTestCase
{
    /** Some 500,000 events, ten seconds' worth of them. */
    private const int CALLS = 100;
    private const int SLEEP_SECONDS = 10;
    private const int CAPACITY = 10_000;

    #[DataProvider('versions')]
    public function testAListenerThatSleepsThroughAFloodLosesTheSessionUnlessTheGuardReadsOn(int $version): void
    {
        $guarded = $this->connectSlow($version, stallGuardMs: 25);
        // It sleeps as well: both live in this process.
        $unguarded = $this->connectSlow($version, stallGuardMs: 0);
        $unguarded->onEvent('*', static fn(): null => null);
        $kept = self::losses($guarded);
        $lost = self::losses($unguarded);
        $sleeper = new Sleeper($guarded, static function () use ($guarded): void {
            sleep(self::SLEEP_SECONDS);
            // A busy machine floods more slowly: it is given the time that the overflow takes.
            for ($more = 0; $more < 120 && $guarded->health()['flooded']->eventsDropped <= self::CAPACITY; ++$more) {
                sleep(1);
            }
        });

        $this->flood($version, self::CALLS);
        $this->tickUntil($guarded, $sleeper->hasSlept(...), 'the listener slept');
        $this->tickUntil($unguarded, static fn(): bool => \count($lost) > 0, 'the session without a guard was lost');
        $this->ask($guarded, new Ping());

        self::assertSame([DisconnectReason::PeerClosed], $lost->getArrayCopy());
        self::assertSame([], $kept->getArrayCopy());
        self::assertTrue($sleeper->ping?->getResponse()?->success, 'the Ping sent before the sleep was answered');
        // Its answer came during the sleep and waits behind the events; the Pongs of the idle server came, too.
        self::assertSame(1, $sleeper->health['flooded']->pendingActions);
        self::assertGreaterThan($sleeper->asleepAt + 1.0, $sleeper->health['idle']->lastReceivedAt);
        $this->assertNothingButTheOverflowIsMissing($guarded, $sleeper);
    }

    private function assertNothingButTheOverflowIsMissing(AmiClientManager $ami, Sleeper $sleeper): void
    {
        self::assertSame(self::CAPACITY, $sleeper->health['flooded']->queueDepth);
        $this->tickUntil($ami, static fn(): bool => $ami->health()['flooded']->queueDepth === 0, 'all was delivered');

        $sequence = $sleeper->sequence;
        $inOrder = $sequence;
        sort($inOrder);
        self::assertSame($inOrder, $sequence);
        $dropped = $ami->health()['flooded']->eventsDropped;
        self::assertGreaterThan(self::CAPACITY, $dropped);
        self::assertSame($dropped, $sequence[\count($sequence) - 1] - $sequence[0] + 1 - \count($sequence));
    }

    private function connectSlow(int $version, int $stallGuardMs): AmiClientManager
    {
        $ami = $this->manager(
            [
                self::config($this->asterisk($version), key: 'flooded', username: 'slow'),
                self::config($this->asterisk($version), key: 'idle', username: 'slow', eventMask: 'off'),
            ],
            new ClientOptions(heartbeatInterval: 1.0, eventQueueCapacity: self::CAPACITY),
            cluster: new ClusterOptions(stallGuardMs: $stallGuardMs),
        );
        self::assertSame([], $ami->connectAll(wait: self::PATIENCE));

        return $ami;
    }

    /** @return \ArrayObject<int, DisconnectReason|null> why the flooded server's sessions ended */
    private static function losses(AmiClientManager $ami): \ArrayObject
    {
        $losses = new \ArrayObject();
        $ami->server('flooded')->onStateChange(static function (
            string $_,
            ConnectionState $from,
            ConnectionState $to,
            ?DisconnectReason $why,
        ) use ($losses): void {
            if ($from === ConnectionState::Ready) {
                $losses->append($why);
            }
        });

        return $losses;
    }

    private function flood(int $version, int $calls): void
    {
        $ami = $this->connect($this->asterisk($version), eventMask: 'off');
        Flood::start($ami->default(), $calls);
        $ami->tick();
    }
}
