<?php

declare(strict_types=1);

namespace Apn\AmiClient\Tests;

use Apn\AmiClient\Actions\QueueStatus;
use Apn\AmiClient\MultiEventStrategy;
use Apn\AmiClient\SingleResponseStrategy;
use Apn\AmiClient\Testing\FakeAsterisk;
use Apn\AmiClient\TimeoutBehavior;
use Apn\AmiClient\WithStrategy;
use PHPUnit\Framework\TestCase;

final class WithStrategyTest extends TestCase
{
    public function testATypedActionIsSentAsItIsAndEndsAsTheStrategySays(): void
    {
        $fake = new FakeAsterisk(['pbx1']);
        $fake->queue('pbx1', 'support');
        $manager = $fake->manager();
        $manager->connectAll(wait: 1.0);

        $all = $manager->send(new WithStrategy(new QueueStatus(queue: 'support'), null))->await();
        $first = $manager
            ->send(new WithStrategy(new QueueStatus(queue: 'support'), new SingleResponseStrategy()))
            ->await();

        self::assertNotSame([], $all->getEvents());
        self::assertSame([], $first->getEvents());
        self::assertSame('QueueStatus', $fake->sent()[1][1]->getName());
        self::assertSame('support', $fake->sent()[1][1]->getParameters()['Queue'] ?? null);
    }

    public function testABoundOfTimeHolds(): void
    {
        $fake = new FakeAsterisk(['pbx1']);
        $fake->ignore('QueueStatus');
        $manager = $fake->manager();
        $manager->connectAll(wait: 1.0);
        $strategy = new MultiEventStrategy(maxDurationMs: 1_000, timeoutBehavior: TimeoutBehavior::Fail);

        $this->expectExceptionMessage('within 1.000 s');

        $manager->send(new WithStrategy(new QueueStatus(), $strategy))->await();
    }
}
