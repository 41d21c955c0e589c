<?php

declare(strict_types=1);

namespace Apn\AmiClient\Laravel\Tests\Feature;

use Apn\AmiClient\AmiClientManager;
use Apn\AmiClient\AmiEvent;
use Apn\AmiClient\Laravel\Cluster\Leases;
use Apn\AmiClient\Laravel\Cluster\MessageType;
use Apn\AmiClient\Laravel\Records\Records;
use Apn\AmiClient\Laravel\Tests\Support\FakeAsteriskProcess;
use Apn\AmiClient\Laravel\Tests\Support\Wait;

/** A handover whose owner is this test, so that it ends where the test says. */
final class HandoverTest extends RedisTestCase
{
    private const string OWNER = 'owner';
    private const array SERVERS = ['pbx1', 'pbx2'];

    /** @var array<string, int> serial of the last event that the owner delivered, by server */
    private array $delivered = [];

    public function testAnOwnerThatDiesInAHandoverLeavesNothingTwiceAndTheGapIsTold(): void
    {
        // Its leases end when the test says so, however slow the machine is.
        $this->configure(new FakeAsteriskProcess(2, '--flood', '100', '--write-timeout-ms', '0'), [
            'cluster' => ['lease' => 40.0],
            'stream' => ['events' => ['*']],
        ]);
        foreach (self::SERVERS as $server) {
            $this->app->make(Leases::class)->acquire($server, self::OWNER);
            $client = $this->app->make(AmiClientManager::class)->server($server);
            $client->onEvent('*', function (AmiEvent $event) use ($server): void {
                $this->delivered[$server] = (int) $event->get('AccountCode') ?: $this->delivered[$server] ?? 0;
            });
            $client->open(10.0);
        }
        $this->app->make(Records::class)->put(self::OWNER, ['mode' => 'cluster', 'draining' => false], 600.0);
        $successor = $this->process('ami:listen --cluster');
        $server = $this->letter(self::OWNER, MessageType::Prepare);
        $this->send(self::OWNER, $successor->lines('started')[0]['worker'], MessageType::Recording, $server);
        // From now on the successor holds what the owner still delivers.
        self::assertSame($server, $this->letter(self::OWNER, MessageType::Ready));
        $from = $this->delivered[$server];
        Wait::until(fn(): bool => $this->live() && $this->delivered[$server] > ($from + 50), 'events of the owner');
        // It dies, and its leases run out.
        $this->app->make(Records::class)->forget(self::OWNER);
        $this->redis->del(...array_map(static fn(string $key): string => "app_ami:lease:$key", self::SERVERS));

        $successor->waitForOutput("$server is taken over, last held by " . self::OWNER);
        Wait::until(fn(): bool => count($this->serials($server)) > 50, 'events of the successor');
        $serials = $this->serials($server);
        self::assertGreaterThan($this->delivered[$server], $serials[0], 'nothing that the owner delivered');
        self::assertSame(range($serials[0], end($serials)), $serials);
        $ofServer = array_filter($this->entries(), static fn(array $entry): bool => $entry['s'] === $server);
        self::assertSame('gap', array_column($ofServer, 'k')[0]);
        self::assertContains('takeover', array_column($ofServer, 'cause'));
    }

    public function testAnOwnerRefusesASecondSuccessor(): void
    {
        $owner = $this->owner();
        $this->send('first', $owner, MessageType::Prepare, 'pbx1');
        $this->letter('first', MessageType::Recording);
        $this->send('second', $owner, MessageType::Prepare, 'pbx1');
        $this->letter('second', MessageType::Abort);
        // What the second says has no effect on the handover to the first.
        $this->send('second', $owner, MessageType::Ready, 'pbx1');
        $this->send('second', $owner, MessageType::Abort, 'pbx1');
        $this->send('first', $owner, MessageType::Ready, 'pbx1');
        $this->letter('first', MessageType::Cut);
        self::assertSame('first', $this->app->make(Leases::class)->read(['pbx1'])['pbx1']->owner);
    }

    public function testAThirdWorkerTakesOverWhereTheHandoverToAnotherWasAborted(): void
    {
        $owner = $this->owner();
        $this->send('first', $owner, MessageType::Prepare, 'pbx1');
        $this->letter('first', MessageType::Recording);
        $this->send('first', $owner, MessageType::Abort, 'pbx1');
        self::assertSame($owner, $this->app->make(Leases::class)->read(['pbx1'])['pbx1']->owner);
        $this->send('second', $owner, MessageType::Prepare, 'pbx1');
        $this->letter('second', MessageType::Recording);
        $this->send('second', $owner, MessageType::Ready, 'pbx1');
        $this->letter('second', MessageType::Cut);
        self::assertSame('second', $this->app->make(Leases::class)->read(['pbx1'])['pbx1']->owner);
        self::assertSame([], $this->redis->lRange('app_ami:inbox:first', 0, -1), 'nothing more for the first');
    }

    /** The id of a worker that holds pbx1. */
    private function owner(): string
    {
        $this->configure(new FakeAsteriskProcess(1), ['cluster' => ['lease' => 40.0]]);
        $worker = $this->process('ami:listen --cluster')->waitForOutput('"to":"ready"');

        return $worker->lines('started')[0]['worker'];
    }

    /** What a worker does in a turn of its loop. */
    private function live(): bool
    {
        $this->app->make(AmiClientManager::class)->tick();
        $this->app->make(Leases::class)->renew(self::SERVERS, self::OWNER);

        return true;
    }

    private function send(string $from, string $worker, MessageType $type, string $server): void
    {
        $message = ['type' => $type->value, 'from' => $from, 'server' => $server];
        $this->redis->rPush("app_ami:inbox:$worker", json_encode($message));
    }

    /** The server of the next letter to that worker, which is such a one. */
    private function letter(string $to, MessageType $type): string
    {
        $json = Wait::until(fn(): string|false => $this->live()
            ? $this->redis->lPop("app_ami:inbox:$to")
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
