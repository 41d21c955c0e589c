<?php

declare(strict_types=1);

namespace Apn\AmiClient\Tests\Real;

use Apn\AmiClient\Actions\Originate;
use Apn\AmiClient\AmiClientManager;
use Apn\AmiClient\ClientOptions;
use Apn\AmiClient\Dialer;
use Apn\AmiClient\DialResult;
use Apn\AmiClient\Live\Outcome;
use Apn\AmiClient\ServerConfig;
use Apn\AmiClient\Tests\Real\Live\Proxy;
use Apn\AmiClient\Tests\Real\Server\Asterisk;
use PHPUnit\Framework\Attributes\DataProvider;

/** Hundreds of calls of a dialer: each has its outcome, once, be the session cut or not. */
final class DialerTest extends RealTestCase
{
    private const int CALLS = 500;
    private const int ACTIVE = 50;
    private const float PER_SECOND = 50.0;

    /** How long a phone rings in vain, and how long one is talked to that answers. */
    private const int RING_MS = 1_000;
    private const string TALK_SECONDS = '0.3';

    private const array OUTCOMES = [
        'Local/%d@answer' => Outcome::Answered,
        'Local/%d@busy' => Outcome::Busy,
        'Local/%d@congestion' => Outcome::Congestion,
        'Local/%d@ring' => Outcome::NoAnswer,
        'Local/%d@nowhere' => Outcome::Failed,
        'NoSuchTechnology/%d' => Outcome::Failed,
    ];

    /** @var array<string, list<DialResult<string>>> by channel */
    private array $results = [];

    /** @var list<float> when each Originate was made */
    private array $times = [];
    private int $active = 0;
    private int $most = 0;

    #[DataProvider('versions')]
    public function testEachOfFiveHundredCallsHasItsOutcome(int $version): void
    {
        $ami = $this->connect($this->asterisk($version));
        $dialer = $this->dialer($ami, self::channels(self::CALLS));

        $this->tickUntil($ami, $dialer->step(...), 'all were called');

        self::assertCount(self::CALLS, $this->results);
        foreach ($this->results as $channel => $results) {
            $expected = self::OUTCOMES[(string) preg_replace('/\d+/', '%d', $channel, 1)];
            self::assertSame(
                [[$expected, null]],
                array_map(static fn(DialResult $result): array => [$result->outcome, $result->error], $results),
                $channel,
            );
            self::assertSame($expected === Outcome::Answered, $results[0]->isAnswered());
            self::assertSame($expected === Outcome::Answered, $results[0]->talkSeconds() > 0.0);
        }
        self::assertLessThanOrEqual(self::ACTIVE, $this->most);
        foreach ($this->times as $call => $time) {
            $later = $this->times[$call + (int) self::PER_SECOND] ?? INF;
            self::assertGreaterThan(0.99, $later - $time, 'never more in a second');
        }
    }

    public function testWhereSessionsAreCutEachOfFiveHundredCallsIsStillReportedOnce(): void
    {
        $proxies = $configs = [];
        foreach (['16', '22'] as $version) {
            $proxies[$version] = new Proxy($this->asterisk((int) $version));
            $configs[] = new ServerConfig(
                $version,
                '127.0.0.1',
                $proxies[$version]->port,
                'admin',
                Asterisk::SECRET,
                eventMask: 'call',
            );
        }
        $ami = $this->manager(
            $configs,
            new ClientOptions(reconnectMinDelay: 0.1, reconnectMaxDelay: 0.3, circuitFailureThreshold: 1_000),
        );
        self::assertSame([], $ami->connectAll(wait: self::PATIENCE));
        $dialer = $this->dialer($ami, self::channels(self::CALLS));

        $cuts = 0;
        $next = microtime(true) + 0.5;
        $this->tickUntil(
            $ami,
            static function () use ($dialer, $proxies, &$cuts, &$next): bool {
                if (microtime(true) > $next) {
                    $proxies[(++$cuts % 2) === 0 ? '16' : '22']->cut();
                    $next = microtime(true) + (random_int(200, 1_500) / 1_000);
                }

                return $dialer->step();
            },
            'all were called',
            2 * self::PATIENCE,
        );
        foreach ($proxies as $proxy) {
            $proxy->stop();
        }

        self::assertCount(self::CALLS, $this->results);
        self::assertSame([], array_filter($this->results, static fn(array $results): bool => count($results) !== 1));
        self::assertGreaterThan(5, $cuts);
        $seen = 0;
        foreach ($this->results as $channel => [$result]) {
            $expected = self::OUTCOMES[(string) preg_replace('/\d+/', '%d', $channel, 1)];
            if ($result->error === null && $result->outcome !== Outcome::Lost) {
                self::assertSame($expected, $result->outcome, $channel);
                ++$seen;
            }
        }
        fprintf(STDERR, "%d calls, %d cuts: of %d the end was seen\n", self::CALLS, $cuts, $seen);
        self::assertGreaterThan(self::CALLS / 2, $seen);
    }

    /** @return \Generator<int, string> */
    private static function channels(int $count): \Generator
    {
        $kinds = array_keys(self::OUTCOMES);
        for ($call = 0; $call < $count; ++$call) {
            yield sprintf($kinds[$call % count($kinds)], 1_000 + $call);
        }
    }

    /** @param iterable<int, string> $channels */
    private function dialer(AmiClientManager $ami, iterable $channels): Dialer
    {
        return new Dialer(
            $ami,
            $channels,
            function (string $channel): Originate {
                $this->times[] = hrtime(true) / 1e9;
                $this->most = max($this->most, ++$this->active);

                return new Originate(
                    channel: $channel,
                    application: 'Wait',
                    data: self::TALK_SECONDS,
                    timeoutMs: self::RING_MS,
                );
            },
            function (DialResult $result): void {
                --$this->active;
                $this->results[$result->data][] = $result;
            },
            active: self::ACTIVE,
            perSecond: self::PER_SECOND,
        );
    }
}
