<?php

declare(strict_types=1);

namespace Apn\AmiClient\Laravel\Tests\Unit;

use Apn\AmiClient\Laravel\Worker\QuietReport;
use PHPUnit\Framework\TestCase;
use RuntimeException;
use Throwable;

/** What fails every second is not reported every second. */
final class QuietReportTest extends TestCase
{
    public function testTheSameFailureIsReportedOnceAMinuteForAsLongAsItLasts(): void
    {
        $reports = [];
        $report = new QuietReport(static function (Throwable $error) use (&$reports): void {
            $reports[] = $error->getMessage();
        });
        for ($second = 0.0; $second < 180.0; ++$second) {
            $report(new RuntimeException('Redis is away'), $second);
        }
        self::assertCount(3, $reports);
        $report(new RuntimeException('something else'), 180.5);
        self::assertSame('something else', end($reports));
    }

    public function testManyFailuresOfOnePlaceAreTenAMinute(): void
    {
        $count = 0;
        $report = new QuietReport(static function () use (&$count): void {
            ++$count;
        });
        for ($number = 0; $number < 100; ++$number) {
            $report(new RuntimeException("number $number"), 0.0);
        }
        self::assertSame(10, $count, 'a listener that fails with every event');
        $report(new RuntimeException('number 0'), 1.0);
        self::assertSame(11, $count, 'another place');
        $report(new RuntimeException('number 200'), 61.0);
        self::assertSame(12, $count);
    }
}
