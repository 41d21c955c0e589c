<?php

declare(strict_types=1);

namespace Apn\AmiClient\Tests\Recording;

use Apn\AmiClient\Actions\PJSIPShowAuths;
use Apn\AmiClient\Actions\QueueStatus;
use Apn\AmiClient\Actions\Reload;
use Apn\AmiClient\AmiClientManager;
use Apn\AmiClient\AmiEvent;
use Apn\AmiClient\Exception\ActionErrorResponseException;
use Apn\AmiClient\Recording\Replay;
use Apn\AmiClient\Testing\FakeAsterisk;
use PHPUnit\Framework\TestCase;

/** Replays fixtures/cli.jsonl to a manager without a socket. */
final class ReplayTest extends TestCase
{
    private FakeAsterisk $fake;
    private AmiClientManager $manager;
    private Replay $replay;

    protected function setUp(): void
    {
        $this->fake = new FakeAsterisk(['pbx1']);
        $this->manager = $this->fake->manager();
        $this->manager->connectAll(wait: 1.0);
        $this->replay = new Replay(dirname(__DIR__) . '/fixtures/cli.jsonl');
    }

    public function testEventsComeOneAStep(): void
    {
        $events = [];
        $this->manager->onEvent('*', static function (AmiEvent $event) use (&$events): void {
            $events[] = $event;
        });
        $counts = [];
        while ($this->replay->step($this->fake)) {
            $this->manager->tick();
            $counts[] = count($events);
        }

        self::assertSame([1, 2, 3], $counts);
        self::assertSame(
            ['QueueMemberPause', 'Hangup', 'QueueMemberStatus'],
            array_map(static fn(AmiEvent $event): string => $event->name, $events),
        );
        self::assertSame('sales', $events[2]->get('Queue'));
    }

    public function testActionsAreAnsweredAsTheyWere(): void
    {
        $this->replay->answer($this->fake);

        $status = $this->manager->send(new QueueStatus())->await();
        self::assertSame('support', ($status->getEvents()[0] ?? null)?->get('Queue'));
        self::assertSame('1', $status->getCompleteEvent()?->get('ListItems'));
        self::assertSame('hidden', $this->manager->send(new PJSIPShowAuths())->await()->get('Password'));
    }

    public function testARefusalIsPlayedBackAsARefusal(): void
    {
        $this->replay->answer($this->fake);
        $this->expectException(ActionErrorResponseException::class);
        $this->expectExceptionMessage('Permission denied');

        $this->manager->send(new Reload())->await();
    }
}
