<?php

declare(strict_types=1);

namespace Apn\AmiClient\Tests\Dialer;

use Apn\AmiClient\ClientOptions;
use Apn\AmiClient\Dialer;
use Apn\AmiClient\DialResult;
use Apn\AmiClient\GenericAction;
use Apn\AmiClient\Live\Outcome;
use PHPUnit\Framework\TestCase;
use Random\Engine\Mt19937;
use Random\Randomizer;

/**
 * Thousands of calls on servers whose sessions are cut all the time: each number is called at most once, and reported once.
 *
 * AMI_DIALER_CALLS and AMI_DIALER_SEED choose other numbers.
 */
final class ManyCallsTest extends TestCase
{
    private const int CALLS = 10_000;
    private const int ACTIVE = 200;

    /** What may be said of a call besides: its end, or all of it, fell into a cut. */
    private const array UNSEEN = ['lost', 'OutcomeUnknownException'];

    public function testEachOfManyCallsIsReportedOnceWhateverHappensToItsSession(): void
    {
        $calls = (int) (getenv('AMI_DIALER_CALLS') ?: self::CALLS);
        $seed = (int) (getenv('AMI_DIALER_SEED') ?: random_int(0, 999_999));
        $chance = new Randomizer(new Mt19937($seed));
        $servers = ['pbx1', 'pbx2', 'pbx3', 'pbx4'];
        $options = new ClientOptions(reconnectMinDelay: 0.1, reconnectMaxDelay: 1.0, circuitFailureThreshold: 1_000);
        $world = new World($servers, $options);
        $active = $most = 0;
        /** @var array<int, list<string>> $reported */
        $reported = [];
        $kinds = [];
        $numbers = (static function () use ($calls, $chance, &$kinds): \Generator {
            for ($number = 0; $number < $calls; ++$number) {
                $kind = $chance->getInt(0, 49) === 0
                    ? $chance->pickArrayKeys(['refused' => 0, 'failed' => 0], 1)[0]
                    : $chance->pickArrayKeys(['answer' => 0, 'busy' => 0, 'silent' => 0, 'congestion' => 0], 1)[0];
                $kinds[$number] = (string) $kind;
                yield $number => "{$kind}:{$chance->getFloat(0.0, 2.0)}:{$chance->getFloat(0.0, 9.0)}:{$number}";
            }
        })();
        $dialer = new Dialer(
            $world->ami,
            $numbers,
            static function (string $phone) use (&$active, &$most): GenericAction {
                $most = max($most, ++$active);

                return World::action($phone);
            },
            static function (DialResult $result) use (&$active, &$reported): void {
                --$active;
                $number = (int) substr((string) strrchr((string) $result->data, ':'), 1);
                $reported[$number][] = $result->outcome?->value ?? new \ReflectionClass(
                    $result->error ?? $result,
                )->getShortName();
            },
            active: self::ACTIVE,
            perSecond: 200.0,
            activePerServer: 80,
            clock: static fn(): float => $world->now,
        );

        $cuts = 0;
        while (!$world->pass($dialer, $chance->getFloat(0.05, 1.0))) {
            $server = $servers[$chance->getInt(0, 3)];
            $world->fake->refuseLogin($server, $chance->getInt(0, 3) === 0);
            if ($world->ami->server($server)->isReady()) {
                $world->fake->dropSession($server);
                ++$cuts;
            }
            self::assertLessThan(3_600.0, $world->now - 1_000.0, "it goes on, seed {$seed}");
        }

        self::assertSame([], array_diff_key($kinds, $reported), "each is reported, seed {$seed}");
        self::assertSame($calls, array_sum(array_map(count(...), $reported)), "once, seed {$seed}");
        $placed = array_count_values(array_column($world->placed, 2));
        self::assertSame([], array_filter($placed, static fn(int $times): bool => $times > 1), "seed {$seed}");
        self::assertLessThanOrEqual(self::ACTIVE, $most);
        self::assertGreaterThan(self::ACTIVE / 2, $most);
        $unseen = 0;
        foreach ($reported as $number => [$outcome]) {
            if (in_array($outcome, self::UNSEEN, strict: true)) {
                ++$unseen;
                continue;
            }
            self::assertSame(
                match ($kinds[$number]) {
                    'answer' => Outcome::Answered->value,
                    'busy' => Outcome::Busy->value,
                    'silent' => Outcome::NoAnswer->value,
                    'congestion' => Outcome::Congestion->value,
                    'failed' => Outcome::Failed->value,
                    default => 'ActionErrorResponseException',
                },
                $outcome,
                "number {$number}, seed {$seed}",
            );
        }
        self::assertGreaterThan($calls / 100, $cuts);
        self::assertGreaterThan(0, $unseen);
        self::assertLessThan($calls / 2, $unseen);
    }
}
