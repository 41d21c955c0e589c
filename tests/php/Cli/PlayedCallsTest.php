<?php

declare(strict_types=1);

namespace Apn\AmiClient\Tests\Cli;

use Apn\AmiClient\Tests\FakeProcess;
use PHPUnit\Framework\TestCase;

require_once \dirname(__DIR__, 2) . '/phpt/fake.inc';

/** bin/ami with a fake-asterisk that plays calls. */
final class PlayedCallsTest extends TestCase
{
    private const int DEADLINE = 30;

    private \Fake $fake;

    protected function setUp(): void
    {
        // Without the time limit for writes, which would cut off a client that gets no processor for a moment.
        $this->fake = new \Fake(1, '--rate', '500', '--write-timeout-ms', '0');
    }

    protected function tearDown(): void
    {
        $this->fake->kill();
    }

    public function testLiveShowsCallsAndQueuesThatMove(): void
    {
        $missing = [
            'a call that rings' => '/ pbx1 call .*ringing id=/',
            'a call that is answered' => '/ pbx1 call .*answered.* state=talking/',
            'a call that ends' => '/ pbx1 call .*ended id=/',
            'a caller who waits' => '/ pbx1 queue .*joined.* queue=\w+ waiting=[1-9]/',
            'an agent who takes a call' => '/ pbx1 queue .*answered.* queue=\w+ .* busy=[1-9]/',
            'an agent who takes a pause' => '/ pbx1 queue .*members.* queue=\w+ .* paused=[1-9]/',
        ];
        [$process, $pipes] = $this->ami('live', '--queues');
        $deadline = microtime(true) + self::DEADLINE;
        while ($missing !== [] && microtime(true) < $deadline && ($line = fgets($pipes[1])) !== false) {
            $missing = array_filter($missing, static fn(string $pattern): bool => preg_match($pattern, $line) !== 1);
        }
        proc_terminate($process, SIGINT);
        stream_get_contents($pipes[1]);

        self::assertSame("pbx1: ready\n", stream_get_contents($pipes[2]));
        proc_close($process);
        self::assertSame([], $missing);
    }

    public function testAMadeUpEventReachesWhoeverListens(): void
    {
        [$listener, $pipes] = $this->ami('listen', '--json', '--event=Storm', '--count=1', '--for=' . self::DEADLINE);
        self::assertSame("pbx1: ready\n", fgets($pipes[2]));
        [$sender, $answer] = $this->ami(
            'send',
            'pbx1',
            'FakeEvent',
            'Event=Storm',
            'Privilege=user',
            'Wind=from the west',
        );

        self::assertStringContainsString("Message: Event Sent\n", (string) stream_get_contents($answer[1]));
        self::assertSame(0, proc_close($sender));
        self::assertStringContainsString('"wind":"from the west"', (string) stream_get_contents($pipes[1]));
        self::assertSame(0, proc_close($listener));
    }

    /** @return array{resource, array<int, resource>} */
    private function ami(string ...$arguments): array
    {
        $pipes = [];
        $process = proc_open(
            [PHP_BINARY, FakeProcess::AMI, ...$arguments],
            [1 => ['pipe', 'w'], 2 => ['pipe', 'w']],
            $pipes,
            env_vars: [
                ...getenv(),
                'AMI_HOST' => '127.0.0.1',
                'AMI_PORT' => (string) $this->fake->ports[0],
                'AMI_SERVER' => 'pbx1',
                'AMI_USERNAME' => 'admin',
                'AMI_SECRET' => 's3cret',
            ],
        );
        self::assertIsResource($process);

        return [$process, $pipes];
    }
}
