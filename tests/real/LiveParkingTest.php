<?php

declare(strict_types=1);

namespace Apn\AmiClient\Tests\Real;

use Apn\AmiClient\AmiClientManager;
use Apn\AmiClient\AmiEvent;
use Apn\AmiClient\Live\Call;
use Apn\AmiClient\Live\Edge;
use Apn\AmiClient\Live\Model;
use Apn\AmiClient\Live\Outcome;
use Apn\AmiClient\Tests\Real\Live\Caller;
use Apn\AmiClient\Tests\Real\Live\Servers;
use PHPUnit\Framework\Attributes\DataProvider;

/** What the live model reports of calls in a parking lot. */
final class LiveParkingTest extends RealTestCase
{
    /** The edges of which the tests know exactly how often they come. */
    private const array EDGES = [Edge::Started, Edge::Parked, Edge::Connected, Edge::Merged, Edge::Ended];

    /** @var array<string, list<string>> by the id of the call */
    private array $told = [];

    #[DataProvider('versions')]
    public function testACallThatIsParkedAndFetchedIsParkedThenConnectedAndEndsOnce(int $version): void
    {
        $server = Servers::expendable($version);
        $phone = new Caller($server);
        $ami = $this->connect($server);
        $live = $ami->live();
        self::assertTrue($live->await(self::PATIENCE));
        $live->onCall(function (Call $call, array $edges): void {
            $counted = array_filter($edges, static fn(Edge $edge): bool => \in_array($edge, self::EDGES, true));
            foreach ($counted as $edge) {
                $this->told[$call->id][] = $edge->value;
            }
        });
        $spaces = [];
        $ami->onEvent('ParkedCall', static function (AmiEvent $event) use (&$spaces): void {
            $spaces[] = (string) $event->get('ParkingSpace');
        });
        $call = $this->dial($ami, $live, $phone);
        $parked = $call->caller()->channel ?? self::fail('it has a caller');

        $fetchers = [];
        for ($time = 1; $time <= 2; ++$time) {
            $this->ask($ami, 'Park', ['Channel' => $parked]);
            $this->tickUntil($ami, fn(): bool => $this->times($call, Edge::Parked) === $time, 'it is parked');
            // ParkedCall may come before the BridgeLeave.
            $this->tickUntil($ami, static fn(): bool => $live->channel($parked)?->peers() === [], 'nobody hears it');

            $fetchers[] = $fetcher = $this->dial($ami, $live, $phone);
            $this->ask($ami, 'Redirect', [
                'Channel' => $fetcher->caller()->channel ?? '',
                'Context' => 'parkedcalls',
                'Exten' => end($spaces) ?: self::fail('the event has the space'),
                'Priority' => '1',
            ]);
            $this->tickUntil($ami, fn(): bool => $this->times($call, Edge::Connected) === $time, 'it is fetched');
            self::assertCount(1, $live->channel($parked)?->peers() ?? []);
        }
        $this->ask($ami, 'Hangup', ['Channel' => '/.*/', 'Cause' => '16']);
        $this->tickUntil($ami, static fn(): bool => \count($live->calls()) === 0, 'all calls have ended');

        self::assertSame(
            ['started', 'parked', 'connected', 'parked', 'connected', 'ended'],
            $this->told[$call->id] ?? [],
        );
        self::assertSame(Outcome::Answered, $call->outcome());
        foreach ($fetchers as $fetcher) {
            self::assertSame(['started', 'merged'], $this->told[$fetcher->id] ?? []);
            self::assertSame($call->id, $fetcher->mergedInto()?->id);
        }
    }

    /** A call of the phone to an extension that answers. */
    private function dial(AmiClientManager $ami, Model $live, Caller $phone): Call
    {
        $before = $this->told;
        $id = $phone->call('201');
        $new = null;
        $this->tickUntil(
            $ami,
            function () use ($phone, $id, $live, $before, &$new): bool {
                $phone->pump();
                $new = $live->call((string) array_key_first(array_diff_key($this->told, $before)));

                return $phone->isUp($id) && $new !== null;
            },
            'the call is up',
        );

        return $new ?? self::fail('the call has begun');
    }

    private function times(Call $call, Edge $edge): int
    {
        return \count(array_keys($this->told[$call->id] ?? [], $edge->value, true));
    }
}
