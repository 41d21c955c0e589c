<?php

declare(strict_types=1);

namespace Apn\AmiClient\Tests\Real;

use Apn\AmiClient\Actions\Filter;
use Apn\AmiClient\Actions\Setvar;
use Apn\AmiClient\Actions\UserEvent;
use Apn\AmiClient\AmiClientManager;
use Apn\AmiClient\AmiEvent;
use Apn\AmiClient\Exception\ActionErrorResponseException;
use PHPUnit\Framework\Attributes\DataProvider;

/** What docs/events-and-filters.md says of the Filter action. */
final class FilterTest extends RealTestCase
{
    public function testTheExampleOfTheDocblockExcludesOneEventOn22(): void
    {
        $ami = $this->connect($this->asterisk(22));
        $this->ask($ami, new Filter('', 'action(exclude),name(VarSet)'));
        self::assertSame(['UserEvent'], $this->heard($ami, 1));
    }

    public function testAPatternNeedsAMethodOn22(): void
    {
        $ami = $this->connect($this->asterisk(22));
        $this->ask($ami, new Filter('a', 'action(exclude),name(VarSet),header(Variable),method(starts_with)'));
        self::assertSame(['UserEvent', 'VarSet'], $this->heard($ami, 2));
        foreach ([
            ['a', 'action(exclude),name(VarSet)'],
            ['',  'action(exclude),name(VarSet),none'],
        ] as [$filter, $criteria]) {
            try {
                $this->ask($ami, new Filter($filter, $criteria));
                self::fail("{$criteria} was taken");
            } catch (ActionErrorResponseException $refused) {
                self::assertStringContainsString('formatted incorrectly', $refused->getMessage());
            }
        }
    }

    public function testAnOlderServerTakesTheAdvancedFormAndIgnoresIt(): void
    {
        $ami = $this->connect($this->asterisk(16));
        self::assertTrue($this->ask($ami, new Filter('Event: UserEvent', 'action(exclude),name(VarSet)'))->success);
        self::assertSame(['UserEvent'], $this->heard($ami, 1), 'what was to be excluded is all that is left');
    }

    #[DataProvider('versions')]
    public function testALegacyFilterIncludesOrExcludesUntilTheSessionEnds(int $version): void
    {
        $ami = $this->connect($this->asterisk($version));
        $this->ask($ami, new Filter('!Event: VarSet'));
        self::assertSame(['UserEvent'], $this->heard($ami, 1));
        $server = $ami->server('pbx');
        $server->close();
        $server->open(wait: self::PATIENCE);
        self::assertSame(['UserEvent', 'VarSet', 'VarSet'], $this->heard($ami, 3), 'the next session has none');
    }

    /**
     * What comes of two variables and an event, by name: a UserEvent overtakes events of the dialplan.
     *
     * @return list<string>
     */
    private function heard(AmiClientManager $ami, int $expected): array
    {
        /** @var \ArrayObject<int, string> $heard */
        $heard = new \ArrayObject();
        $subscription = $ami->onEvent(['VarSet', 'UserEvent'], static function (AmiEvent $event) use ($heard): void {
            $heard[] = $event->name;
        });
        $this->ask($ami, new Setvar('aVariable', '1'));
        $this->ask($ami, new Setvar('bVariable', '1'));
        $this->ask($ami, new UserEvent('Done'));
        $this->tickUntil($ami, static fn(): bool => \count($heard) >= $expected, 'the last event has come');
        $this->ask($ami, 'Ping');
        $subscription->cancel();
        $names = $heard->getArrayCopy();
        sort($names);

        return $names;
    }
}
