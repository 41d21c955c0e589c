<?php

declare(strict_types=1);

namespace Apn\AmiClient\Laravel\Tests\Feature;

use Apn\AmiClient\Laravel\Tests\Support\FakeAsteriskProcess;
use Apn\AmiClient\Laravel\Tests\Support\Wait;
use Illuminate\Support\Facades\Cache;

/** Events that become jobs of a real queue. */
final class QueueTest extends RedisTestCase
{
    public function testAJobHasTheEventInWhateverProcessRunsIt(): void
    {
        $this->configure(new FakeAsteriskProcess(1, '--rate', '50'));
        $this->skeleton->onBoot('Apn\AmiClient\Laravel\Facades\Ami::on("Hangup", App\RecordHangup::class);');
        $environment = ['QUEUE_CONNECTION' => 'redis'];
        $worker = $this->process('ami:listen --event=Hangup', $environment);
        Wait::until(fn(): bool => $this->redis->lLen('app_queues:default') > 0, 'a job');
        self::assertSame(0, $this->process('queue:work --once', $environment)->wait());
        $event = $worker->lines('event')[0];
        [$channel, $receivedAt] = Cache::get('hung up');
        self::assertSame($event['headers']['channel'], $channel);
        self::assertEqualsWithDelta($event['received_at'], $receivedAt, 1e-6);
    }
}
