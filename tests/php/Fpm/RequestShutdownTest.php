<?php

declare(strict_types=1);

namespace Apn\AmiClient\Tests\Fpm;

use PHPUnit\Framework\Attributes\DataProvider;
use PHPUnit\Framework\TestCase;

require_once \dirname(__DIR__, 2) . '/phpt/fake.inc';

/** Requests under a real PHP-FPM that end while a stall guard reads. The children go on and keep nothing of the requests. */
final class RequestShutdownTest extends TestCase
{
    private const int CHILDREN = 2;
    private const int REQUESTS = 20;

    private static ?FpmProcess $fpm = null;
    private static ?\Fake $fake = null;

    #[\Override]
    public static function setUpBeforeClass(): void
    {
        // The fake disconnects no client, because on a busy machine a child may not run for a tenth of a second.
        self::$fake = new \Fake(1, '--flood', '20000', '--write-timeout-ms', '0');
        self::$fpm = new FpmProcess(__DIR__ . '/page.php', self::CHILDREN, [
            'AMI_PORT' => (string) self::$fake->ports[0],
        ]);
    }

    #[\Override]
    public static function tearDownAfterClass(): void
    {
        self::$fpm?->stop();
        self::$fake?->kill();
        self::$fpm = self::$fake = null;
    }

    /** @return iterable<string, array{string, int}> */
    public static function ends(): iterable
    {
        foreach ([
            'return' => self::REQUESTS,
            'terminate' => self::REQUESTS,
            'exception' => self::REQUESTS,
            'exit in a listener' => self::REQUESTS,
            'fatal error in a listener' => self::REQUESTS,
            'two managers in a cycle' => self::REQUESTS,
            'finished before its end' => self::REQUESTS,
            // Each request takes a second.
            'time limit in a listener' => 2 * self::CHILDREN,
        ] as $end => $requests) {
            yield $end => [$end, $requests];
        }
    }

    #[DataProvider('ends')]
    public function testChildrenOutliveTheRequest(string $end, int $requests): void
    {
        $fpm = self::$fpm ?? self::fail('no php-fpm');
        $children = self::childrenOf($fpm);
        self::assertCount(self::CHILDREN, $children);

        $answers = [];
        while (\count($answers) < $requests) {
            array_push($answers, ...$fpm->get(array_fill(0, self::CHILDREN, http_build_query(['end' => $end]))));
        }
        foreach ($answers as $answer) {
            self::assertMatchesRegularExpression('/^\d+ pong /', $answer);
            self::assertContains((int) $answer, $children);
        }

        self::assertSame($children, self::childrenOf($fpm));
        self::assertStringNotContainsString('exited', $fpm->log());
        foreach ($children as $child) {
            $this->assertKeepsNothing($child);
        }
    }

    /** Waits for a condition, because the answer can come before the end of its request. */
    private function assertKeepsNothing(int $child): void
    {
        $deadline = microtime(true) + 10.0;
        do {
            $threads = \count(glob("/proc/{$child}/task/*") ?: []);
            $descriptors = array_map(
                static fn(string $link): string => (string) @readlink($link),
                glob("/proc/{$child}/fd/*") ?: [],
            );
            $left = preg_grep('/eventpoll|eventfd/', $descriptors) ?: [];
        } while (($threads > 1 || $left !== []) && microtime(true) < $deadline);

        self::assertSame(1, $threads, 'its guards have ended');
        self::assertSame([], $left, 'its managers are gone');
    }

    /** @return list<int> */
    private static function childrenOf(FpmProcess $fpm): array
    {
        $parent = $fpm->pid();
        $children = (string) file_get_contents("/proc/{$parent}/task/{$parent}/children");

        return array_map(intval(...), explode(' ', trim($children)));
    }
}
