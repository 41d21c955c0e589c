<?php

declare(strict_types=1);

namespace Apn\AmiClient\Laravel\Tests\Unit;

use Apn\AmiClient\Laravel\Events\AmiGap;
use Apn\AmiClient\Laravel\Queue\WaitingJob;
use Apn\AmiClient\Laravel\Worker\Sink;
use Apn\AmiClient\Laravel\Worker\Waiting;
use Apn\AmiClient\Laravel\Worker\Worker;
use PHPUnit\Framework\TestCase;

/** When what waits is written, and how much at once. */
final class SinkTest extends TestCase
{
    public const int ENTRY_BYTES = 1_000;

    public function testAHundredEntriesAreWrittenAtOnceAndFewerAfterAMoment(): void
    {
        $sink = self::sink(bytesMax: 10_000_000);
        $now = Worker::now();
        $sink->fill(99);
        self::assertEqualsWithDelta($now + 0.02, $sink->turn($now), 0.01, 'it is due soon');
        self::assertSame([], $sink->writes);
        $sink->fill(1);
        $sink->turn($now);
        self::assertSame([100], $sink->writes);
        $sink->fill(3);
        $sink->turn(Worker::now() + 0.03);
        self::assertSame([100, 3], $sink->writes);
    }

    public function testWhileTheWorkerIsBehindTheWritesAreFewAndLarge(): void
    {
        $sink = self::sink(bytesMax: 100_000_000);
        $sink->isBehind = true;
        $now = Worker::now();
        $sink->fill(3_999);
        self::assertEqualsWithDelta($now + 0.5, $sink->turn($now + 0.3), 0.1);
        self::assertSame([], $sink->writes);
        $sink->fill(1);
        $sink->turn($now + 0.3);
        self::assertSame([4_000], $sink->writes);
        $sink->fill(7);
        $sink->turn(Worker::now() + 0.6);
        self::assertSame([4_000, 7], $sink->writes, 'and none waits longer than half a second');
        $sink->fill(100);
        $sink->isBehind = false;
        $sink->turn(Worker::now());
        self::assertSame([4_000, 7, 100], $sink->writes, 'a worker that has caught up writes at once');
    }

    public function testAWorkerThatIsBehindWritesBeforeItMustDropAnything(): void
    {
        $sink = self::sink(bytesMax: 400 * self::ENTRY_BYTES);
        $sink->isBehind = true;
        $sink->fill(199);
        $sink->turn(Worker::now());
        self::assertSame([], $sink->writes);
        $sink->fill(1);
        $sink->turn(Worker::now());
        self::assertSame([200], $sink->writes);
        self::assertSame(0, $sink->droppedCount);
    }

    /** @return Sink<Waiting>&object{writes: list<int>} */
    private static function sink(int $bytesMax): Sink
    {
        return new class('test', $bytesMax) extends Sink {
            /** @var list<int> entries of each write */
            public array $writes = [];

            public function fill(int $count): void
            {
                for ($entry = 0; $entry < $count; ++$entry) {
                    $this->wait(
                        new WaitingJob('redis', null, 'job', null, null, 'pbx1:1:1', 0.0, SinkTest::ENTRY_BYTES),
                    );
                }
            }

            public function routes(): array
            {
                return [];
            }

            public function gap(AmiGap $gap, string $term): void {}

            protected function write(): array
            {
                $count = min(count($this->waiting), self::WRITE_MAX);
                $this->writes[] = $count;

                return [$count, 0];
            }
        };
    }
}
