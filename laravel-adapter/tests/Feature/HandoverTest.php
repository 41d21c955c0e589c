<?php

declare(strict_types=1);

namespace Apn\AmiClient\Laravel\Tests\Feature;

use Apn\AmiClient\AmiClientManager;
use Apn\AmiClient\Laravel\Cluster\Inbox;
use Apn\AmiClient\Laravel\Cluster\LeasedFeed;
use Apn\AmiClient\Laravel\Cluster\Leases;
use Apn\AmiClient\Laravel\Cluster\MessageType;
use Apn\AmiClient\Laravel\Cluster\RedisRecords;
use Apn\AmiClient\Laravel\Cluster\Store;
use Apn\AmiClient\Laravel\Cluster\Stream\StreamSink;
use Apn\AmiClient\Laravel\Cluster\Stream\StreamWriter;
use Apn\AmiClient\Laravel\Tests\Support\FakeAsteriskProcess;
use Apn\AmiClient\Laravel\Tests\Support\Wait;
use Apn\AmiClient\Laravel\Worker\Statistics;

/** A handover whose owner is this test, so that it ends where the test says. */
final class HandoverTest extends RedisTestCase
{
    private const string OWNER = 'owner';

    /** @var array<string, LeasedFeed> */
    private array $feeds = [];
    private StreamSink $sink;
    private int $fence = 0;

    public function testAnOwnerThatDiesInAHandoverLeavesNothingTwiceAndNothingMissing(): void
    {
        // Its leases end when the test says so, however slow the machine is.
        $this->configure(new FakeAsteriskProcess(2, '--rate', '100', '--write-timeout-ms', '0'), [
            'cluster' => ['lease' => 40.0],
            'stream' => ['events' => ['*']],
        ]);
        $this->own(['pbx1', 'pbx2']);
        $successor = $this->process('ami:listen --cluster');
        $server = $this->letter(MessageType::Prepare);
        $this->feeds[$server]->record();
        new Inbox($this->app->make(Store::class), self::OWNER)->send(
            $successor->lines('started')[0]['worker'],
            MessageType::Recording,
            $server,
        );
        // From now on the successor holds what the owner still delivers.
        self::assertSame($server, $this->letter(MessageType::Ready));
        $from = count($this->serials($server));
        Wait::until(
            fn(): bool => $this->live() && count($this->serials($server)) > ($from + 50),
            'events of the owner',
        );
        $this->live();
        // It dies, and its leases run out.
        $this->app->make(RedisRecords::class)->forget(self::OWNER);
        $this->redis->del(...array_map(
            static fn(string $key): string => "app_ami:lease:$key",
            array_keys($this->feeds),
        ));

        $successor->waitForOutput("$server is taken over, last held by " . self::OWNER);
        $before = count($this->serials($server));
        Wait::until(fn(): bool => count($this->serials($server)) > ($before + 50), 'events of the successor');
        $serials = $this->serials($server);
        self::assertSame(range($serials[0], end($serials)), $serials);
        $kinds = array_column(
            array_filter(
                $this->entries(),
                fn(array $entry): bool => $entry['s'] === $server && $entry['f'] !== $this->fence,
            ),
            'k',
        );
        self::assertSame(['gap', 'event'], array_slice($kinds, 0, 2), 'what the owner did not write is told');
    }

    public function testAnOwnerKeepsWhatItDeliversWhileItHandsOver(): void
    {
        $this->configure(new FakeAsteriskProcess(1, '--rate', '100', '--write-timeout-ms', '0'), [
            'stream' => ['events' => ['*']],
        ]);
        $owner = $this->process('ami:listen --cluster')->waitForOutput('"to":"ready"');
        new Inbox($this->app->make(Store::class), 'heir')->send(
            $owner->lines('started')[0]['worker'],
            MessageType::Prepare,
            'pbx1',
        );
        $key = Wait::until(fn(): string => $this->redis->keys('app_ami:tail:pbx1:*')[0] ?? '', 'its tail');
        $fence = (int) substr((string) strrchr($key, ':'), 1);
        $tail = $this->app->make(Leases::class)->tail('pbx1', $fence);
        // It is kept before it is written.
        Wait::until(fn(): bool => in_array(
            ['Event', $tail[0][0]],
            array_column(array_column($this->entries('event'), 'h'), 0),
            strict: true,
        ), "{$tail[0][0]} in the stream");
        self::assertNotSame('', $tail[0][1]);
    }

    /** @param list<string> $servers */
    private function own(array $servers): void
    {
        $this->sink = $this->app->make(StreamSink::class, ['writer' => $this->app->make(StreamWriter::class)]);
        foreach ($servers as $server) {
            $this->fence = $this->app->make(Leases::class)->acquire($server, self::OWNER)->fence;
            $client = $this->app->make(AmiClientManager::class)->server($server);
            $term = (string) $this->fence;
            $this->feeds[$server] = new LeasedFeed($client, $this->sink->routes(), new Statistics(), $term);
            $this->feeds[$server]->open();
        }
        $this->app->make(RedisRecords::class)->put(self::OWNER, ['mode' => 'cluster', 'draining' => false], 600.0);
        Wait::until(
            fn(): bool => $this->live()
            && array_all($this->feeds, static fn(LeasedFeed $feed): bool => $feed->isReady()),
            'the owner\'s sessions',
        );
    }

    /** What a worker does in a turn of its loop. */
    private function live(): bool
    {
        $this->app->make(AmiClientManager::class)->tick();
        foreach ($this->feeds as $server => $feed) {
            $tail = $feed->unsavedTail();
            if ($tail !== []) {
                $this->app->make(Leases::class)->saveTail($server, $this->fence, $tail);
            }
        }
        $this->sink->flush();
        $this->app->make(Leases::class)->renew(array_keys($this->feeds), self::OWNER);

        return true;
    }

    /** The server of the owner's next letter, which is such a one. */
    private function letter(MessageType $type): string
    {
        $json = Wait::until(fn(): string|false => $this->live()
            ? $this->redis->lPop('app_ami:inbox:' . self::OWNER)
            : false, $type->value);
        $letter = json_decode($json, associative: true);
        self::assertSame($type->value, $letter['type']);

        return $letter['server'];
    }

    /** @return list<int> */
    private function serials(string $server): array
    {
        $serials = [];
        foreach ($this->entries('event') as $entry) {
            $serial = array_column($entry['h'], 1, 0)['AccountCode'] ?? null;
            if ($entry['s'] === $server && $serial !== null) {
                $serials[] = (int) $serial;
            }
        }

        return $serials;
    }
}
