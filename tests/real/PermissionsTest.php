<?php

declare(strict_types=1);

namespace Apn\AmiClient\Tests\Real;

use Apn\AmiClient\Actions\CoreShowChannels;
use Apn\AmiClient\Actions\Originate;
use Apn\AmiClient\Actions\Ping;
use Apn\AmiClient\Actions\UserEvent;
use Apn\AmiClient\Exception\InvalidActionException;
use Apn\AmiClient\GenericAction;
use PHPUnit\Framework\Attributes\DataProvider;

/** What a server refuses, and how sure one can be that nothing happened. */
final class PermissionsTest extends RealTestCase
{
    #[DataProvider('versions')]
    public function testEveryActionThatTheAccountMayNotUseIsRefusedAndNothingRan(int $version): void
    {
        $server = $this->asterisk($version);
        $admin = $this->connect($server);
        $ami = $this->connect($server, username: 'noperm');
        $mayNot = [];
        foreach ($this->ask($admin, 'ListCommands')->getRawHeaders() as [$action, $text]) {
            // Without a class anybody may use it. WaitEvent waits for ever, Logoff ends the session.
            if (preg_match('/\(Priv: (?!<none>)/', $text) === 1) {
                $mayNot[] = $action;
            }
        }
        self::assertGreaterThan(80, \count($mayNot));

        foreach ($mayNot as $action) {
            $refused = $this->refusal($ami, $action);
            self::assertSame('Permission denied', $refused->response->getMessage(), $action);
            self::assertTrue($refused->isRetrySafe(), $action);
        }
        $this->ask($ami, new Ping());
        self::assertSame([], $this->ask($admin, new CoreShowChannels())->getEvents());
    }

    #[DataProvider('versions')]
    public function testAnAccountThatOnlyListensHearsAndMayNotCall(int $version): void
    {
        $server = $this->asterisk($version);
        $ami = $this->connect($server, username: 'listener');
        $heard = Heard::by($ami, 'UserEvent');

        $refused = $this->refusal($ami, new Originate(channel: 'Local/100@answer', application: 'Wait', data: '1'));
        self::assertSame('Permission denied', $refused->response->getMessage());
        $this->ask($this->connect($server), new UserEvent('Mark'));
        $this->tickUntil($ami, static fn(): bool => \count($heard) === 1, 'it heard the event');
    }

    #[DataProvider('versions')]
    public function testAnActionThatTheServerDoesNotKnowIsRefusedAndNothingRan(int $version): void
    {
        $ami = $this->connect($this->asterisk($version));

        foreach (['NoSuchAction', 'MeetmeList', 'DAHDIShowChannels'] as $action) {
            $refused = $this->refusal($ami, $action);
            self::assertStringStartsWith('Invalid/unknown command', (string) $refused->response->getMessage());
            self::assertTrue($refused->isRetrySafe());
        }
        $this->ask($ami, new Ping());
    }

    /** They would break the session that everybody shares. */
    #[DataProvider('versions')]
    public function testAnActionThatBelongsToTheLoginIsNotSent(int $version): void
    {
        $ami = $this->connect($this->asterisk($version));

        foreach (['Login', 'Challenge', 'login'] as $action) {
            try {
                $ami->send(new GenericAction($action, ['Username' => 'admin']));
                self::fail("{$action} was sent");
            } catch (InvalidActionException $refused) {
                self::assertTrue($refused->isRetrySafe());
            }
        }
        $this->ask($ami, new Ping());
    }
}
