<?php

declare(strict_types=1);

namespace Apn\AmiClient\Tests\Real;

use Random\Engine\Mt19937;
use Random\Randomizer;

/** Calls of every kind on both servers at once: some seconds of them, or as many as AMI_MIXED_SECONDS says. */
final class MixedCallsTest extends RealTestCase
{
    private const float SECONDS = 10.0;

    /** Actions on both servers together, so that an Asterisk on a busy machine keeps up. */
    private const int ACTIONS_A_SECOND = 200;

    public function testNothingIsLostNorOutOfOrderAndMemoryStaysFlat(): void
    {
        $seconds = (float) (getenv('AMI_MIXED_SECONDS') ?: self::SECONDS);
        $seed = random_int(0, 999_999);
        $ami = $this->manager([
            self::config($this->asterisk(16), key: '16'),
            self::config($this->asterisk(22), key: '22'),
        ]);
        self::assertSame([], $ami->connectAll(wait: self::PATIENCE));
        $sessions = [Sessions::of($ami->server('16')), Sessions::of($ami->server('22'))];
        $days = [
            16 => new MixedCalls($ami->server('16'), new Randomizer(new Mt19937($seed))),
            22 => new MixedCalls($ami->server('22'), new Randomizer(new Mt19937($seed + 1))),
        ];

        $began = microtime(true);
        $memory = null;
        for ($sent = 0; ($now = microtime(true) - $began) < $seconds;) {
            for (; $sent < ($now * self::ACTIONS_A_SECOND); ++$sent) {
                $days[($sent % 2) === 0 ? 16 : 22]->goOn();
            }
            $ami->tick(10);
            if ($memory === null && $now > ($seconds / 4)) {
                $memory = self::memory();
            }
        }
        $this->tickUntil(
            $ami,
            static fn(): bool => $days[16]->isQuiet() && $days[22]->isQuiet(),
            'everything was answered',
        );
        $grown = self::memory() - (int) $memory;

        foreach ($days as $version => $day) {
            self::report("Asterisk {$version}, seed {$seed}", $day);
            self::assertSame([], $day->faults, "seed {$seed}");
            self::assertSame([], array_diff_assoc($day->sent, $day->ended));
            self::assertGreaterThan($seconds, $day->calls);
            self::assertSame(0, $ami->health()[(string) $version]->eventsDropped);
        }
        fprintf(STDERR, "%.0f s, %d KiB more resident than after a quarter of it\n", $seconds, $grown / 1_024);
        self::assertSame([[], []], array_column($sessions, 'states'));
        self::assertLessThan(16 * 1_048_576, $grown);
    }

    private static function report(string $server, MixedCalls $day): void
    {
        $sent = $day->sent;
        arsort($sent);
        $actions = array_map(
            static fn(string $name, int $count): string => "{$count} {$name}",
            array_keys($sent),
            $sent,
        );
        fprintf(STDERR, "%s: %d calls, %d events; %s\n", $server, $day->calls, $day->events, implode(', ', $actions));
    }

    /** Resident bytes of this process. */
    private static function memory(): int
    {
        gc_collect_cycles();
        $pages = explode(' ', (string) file_get_contents('/proc/self/statm'))[1] ?? '0';

        return 4_096 * (int) $pages;
    }
}
