<?php

declare(strict_types=1);

namespace Apn\AmiClient\Tests\Real;

use Apn\AmiClient\Actions\Ping;
use Apn\AmiClient\PendingAction;
use PHPUnit\Framework\Attributes\DataProvider;

final class ActionIdsTest extends RealTestCase
{
    private const int ACTIONS = 100_000;

    /** What Asterisk's own buffers hold without spoiling the items of a list. */
    private const int LONGEST = 67;

    /** @return iterable<string, array{list<string>}> */
    public static function keys(): iterable
    {
        yield 'short keys' => [['16', '22']];
        yield 'the longest keys' => [[str_repeat('k', 32), str_repeat('l', 32)]];
    }

    /** @param list<string> $keys */
    #[DataProvider('keys')]
    public function testNoneComesTwiceAndEachIsAnsweredUnderItsOwn(array $keys): void
    {
        $ami = $this->manager([
            self::config($this->asterisk(16), key: $keys[0]),
            self::config($this->asterisk(22), key: $keys[1]),
        ]);
        self::assertSame([], $ami->connectAll(wait: self::PATIENCE));
        $seen = [];
        $answered = 0;

        for ($sent = 0; $sent < self::ACTIONS; $sent += 2_000) {
            /** @var list<PendingAction> $pending */
            $pending = [];
            for ($number = 0; $number < 1_000; ++$number) {
                array_push($pending, ...array_values($ami->sendAll(new Ping())));
            }
            foreach ($pending as $action) {
                $key = preg_quote($action->getServerKey(), '/');
                self::assertMatchesRegularExpression("/^{$key}:[a-z2-7]{13}:\d{1,20}$/", $action->getActionId());
                self::assertLessThanOrEqual(self::LONGEST, \strlen($action->getActionId()));
                $seen[$action->getActionId()] = true;
                $answered += (int) ($action->await(self::PATIENCE)->getActionId() === $action->getActionId());
            }
        }

        self::assertCount(self::ACTIONS, $seen);
        self::assertSame(self::ACTIONS, $answered);
        // Another manager has other ones, be it in another process.
        $other = $this->connect($this->asterisk(22))->send(new Ping());
        self::assertNotContains(
            explode(':', $other->getActionId())[1],
            array_map(static fn(string $id): string => explode(':', $id)[1], [array_key_first($seen)]),
        );
    }
}
