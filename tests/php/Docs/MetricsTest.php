<?php

declare(strict_types=1);

namespace Apn\AmiClient\Tests\Docs;

use Apn\AmiClient\Testing\FakeAsterisk;
use PHPUnit\Framework\Attributes\DataProvider;
use PHPUnit\Framework\TestCase;

/** The metrics that the docs name exist. */
final class MetricsTest extends TestCase
{
    /** @return iterable<string, array{string}> */
    public static function pages(): iterable
    {
        yield 'docs/operations.md' => ['docs/operations.md'];
    }

    #[DataProvider('pages')]
    public function testEveryMetricNamedIsOne(string $name): void
    {
        $found = [];
        preg_match_all('/\bami_(?:server|listener|events|logger|live)_\w+/', Page::of($name)->text, $found);
        $metrics = new FakeAsterisk()->manager()->metrics();

        self::assertNotSame([], $found[0]);
        foreach ($found[0] as $metric) {
            self::assertArrayHasKey($metric, $metrics);
        }
    }

    public function testEveryMetricOfTheLiveModelIsExplained(): void
    {
        $found = [];
        preg_match_all('/^\| `(ami_live_\w+)`/m', Page::of('docs/operations.md')->text, $found);
        $metrics = array_keys(new FakeAsterisk()->manager()->metrics());
        $live = array_filter($metrics, static fn(string $name): bool => str_starts_with($name, 'ami_live_'));

        self::assertEqualsCanonicalizing($live, $found[1] ?? []);
    }
}
