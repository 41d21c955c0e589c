<?php

declare(strict_types=1);

namespace Apn\AmiClient\Laravel\Tests\Unit;

use Apn\AmiClient\Laravel\Cluster\Assignment;
use PHPUnit\Framework\TestCase;

final class AssignmentTest extends TestCase
{
    public function testFreeServersAreSpreadEvenly(): void
    {
        $plan = Assignment::plan(['a', 'b', 'c', 'd', 'e'], ['w1', 'w2'], []);
        self::assertSame([3, 2], array_values(array_count_values($plan)));
        self::assertCount(5, $plan);
    }

    public function testWhatIsHeldStaysWhereTheSharesAllowIt(): void
    {
        $owners = ['a' => 'w1', 'b' => 'w1', 'c' => 'w2', 'd' => null];
        self::assertSame(
            ['a' => 'w1', 'b' => 'w1', 'c' => 'w2', 'd' => 'w2'],
            self::sorted(Assignment::plan(['a', 'b', 'c', 'd'], ['w1', 'w2'], $owners)),
        );
    }

    public function testANewcomerGetsItsShareAndNoMore(): void
    {
        $owners = array_fill_keys(['a', 'b', 'c', 'd'], 'w1');
        $plan = self::sorted(Assignment::plan(['a', 'b', 'c', 'd'], ['w1', 'w2'], $owners));
        self::assertSame(['a' => 'w1', 'b' => 'w1', 'c' => 'w2', 'd' => 'w2'], $plan);
        self::assertSame($plan, self::sorted(Assignment::plan(['a', 'b', 'c', 'd'], ['w1', 'w2'], $plan)));
    }

    public function testServersOfAWorkerThatLeavesGoToTheOthers(): void
    {
        $owners = ['a' => 'gone', 'b' => 'w1', 'c' => 'gone'];
        $plan = Assignment::plan(['a', 'b', 'c'], ['w1', 'w2', 'w3'], $owners);
        self::assertSame('w1', $plan['b']);
        self::assertEqualsCanonicalizing(['w2', 'w3'], [$plan['a'], $plan['c']]);
    }

    public function testEverybodyComesToTheSamePlanAndItHolds(): void
    {
        mt_srand(7);
        for ($round = 0; $round < 200; ++$round) {
            $servers = array_map(static fn(int $n): string => "s$n", range(1, mt_rand(1, 20)));
            $workers = array_map(static fn(int $n): string => "w$n", range(1, mt_rand(1, 7)));
            $owners = [];
            foreach ($servers as $server) {
                $owners[$server] = mt_rand(0, 2) === 0 ? null : $workers[array_rand($workers)];
            }
            $plan = Assignment::plan($servers, $workers, $owners);
            $shuffled = $workers;
            shuffle($shuffled);
            self::assertSame(
                self::sorted($plan),
                self::sorted(Assignment::plan(array_reverse($servers), $shuffled, $owners)),
            );
            self::assertSame(self::sorted($plan), self::sorted(Assignment::plan($servers, $workers, $plan)));
            $shares = array_count_values($plan) + array_fill_keys($workers, 0);
            self::assertLessThanOrEqual(1, max($shares) - min($shares));
        }
    }

    /**
     * @param array<string, string> $plan
     *
     * @return array<string, string>
     */
    private static function sorted(array $plan): array
    {
        ksort($plan);

        return $plan;
    }
}
