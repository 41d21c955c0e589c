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
        self::assertSame(['UserEvent'], $this->heard($ami));
    }

    public function testAPatternNeedsAMethodOn22(): void
    {
        $ami = $this->connect($this->asterisk(22));
        $this->ask($ami, new Filter('a', 'action(exclude),name(VarSet),header(Variable),method(starts_with)'));
        self::assertSame(['VarSet', 'UserEvent'], $this->heard($ami));
        foreach ([['a', 'action(exclude),name(VarSet)'], ['', 'action(exclude),name(VarSet),none']] as [$filter, $criteria]) {
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
        self::assertSame(['UserEvent'], $this->heard($ami), 'what was to be excluded is all that is left');
    }

    #[DataProvider('versions')]
    public function testALegacyFilterIncludesOrExcludesUntilTheSessionEnds(int $version): void
    {
        $ami = $this->connect($this->asterisk($version));
        $this->ask($ami, new Filter('!Event: VarSet'));
        self::assertSame(['UserEvent'], $this->heard($ami));
        $server = $ami->server('pbx');
        $server->close();
        $server->open(wait: self::PATIENCE);
        self::assertSame(['VarSet', 'VarSet', 'UserEvent'], $this->heard($ami), 'the next session has none');
    }

    /** @return list<string> what comes of two variables and an event */
    private function heard(AmiClientManager $ami): array
    {
        $heard = [];
        $subscription = $ami->onEvent(['VarSet', 'UserEvent'], static function (AmiEvent $event) use (&$heard): void {
            $heard[] = $event->name;
        });
        $this->ask($ami, new Setvar('aVariable', '1'));
        $this->ask($ami, new Setvar('bVariable', '1'));
        $this->ask($ami, new UserEvent('Done'));
        $this->tickUntil($ami, static fn(): bool => \in_array('UserEvent', $heard, true), 'the last event has come');
        $subscription->cancel();

        return $heard;
    }
}
