<?php

declare(strict_types=1);

namespace Apn\AmiClient\Tests\Real;

use Apn\AmiClient\Actions\DBDel;
use Apn\AmiClient\Actions\DBGet;
use Apn\AmiClient\Actions\DBPut;
use Apn\AmiClient\Actions\ExtensionState;
use Apn\AmiClient\Actions\Ping;
use Apn\AmiClient\Actions\Setvar;
use Apn\AmiClient\Actions\UserEvent;
use Apn\AmiClient\AmiClientManager;
use PHPUnit\Framework\Attributes\DataProvider;

/** What Asterisk remembers and tells everybody: its database, lamps, events of the users. */
final class StatesTest extends RealTestCase
{
    #[DataProvider('versions')]
    public function testTheDatabaseKeepsWhatItIsGiven(int $version): void
    {
        $ami = $this->connect($this->asterisk($version));

        foreach (['plain', 'a,b "c" \\ ü', 'with: colon', 'Event: Hangup'] as $value) {
            $this->ask($ami, new DBPut('tests', 'key', $value));
            $got = $this->ask($ami, new DBGet('tests', 'key'));
            self::assertSame($value, $got->getEvents()[0]->get('Val'));
            self::assertSame(1, self::complete($got)->int('ListItems'));
        }
        $this->ask($ami, new DBDel('tests', 'key'));

        self::assertSame(
            'Database entry not found',
            $this->refusal($ami, new DBGet('tests', 'key'))->response->getMessage(),
        );
    }

    #[DataProvider('versions')]
    public function testALampIsSeenByEverybodyInEveryState(int $version): void
    {
        $ami = $this->connect($this->asterisk($version));
        $witness = $this->connect($this->asterisk($version), username: 'listener');
        $devices = Heard::by($witness, 'DeviceStateChange', ['Device' => 'Custom:lamp702']);
        $extensions = Heard::by($witness, 'ExtensionStatus', ['Exten' => '702']);
        // Each differs from the one before, for the lamp and for the extension.
        $states = ['INUSE' => 'InUse', 'RINGING' => 'Ringing', 'BUSY' => 'Busy', 'NOT_INUSE' => 'Idle'];

        foreach ($states as $state => $text) {
            $this->ask($ami, new Setvar('DEVICE_STATE(Custom:lamp702)', $state));
            $this->tickUntil($witness, static fn(): bool => $devices->has('State', $state), "the lamp is {$state}");
            $this->tickUntil(
                $witness,
                static fn(): bool => $extensions->has('StatusText', $text),
                "the extension is {$text}",
            );
            self::assertSame($text, $this->ask($ami, new ExtensionState('702', 'hints'))->get('StatusText'));
        }

        self::assertSame(array_keys($states), $devices->values('State'));
    }

    /** It comes back to who sent it and to who may hear it, and ends no action. */
    #[DataProvider('versions')]
    public function testAUserEventReachesEverySessionWithAllItsHeaders(int $version): void
    {
        $server = $this->asterisk($version);
        $ami = $this->connect($server);
        $others = [$this->connect($server, username: 'listener'), $this->connect($server, username: 'noperm')];
        $heard = Heard::by($ami, 'UserEvent', ['UserEvent' => 'Echo']);
        $heardByOthers = array_map(static fn(AmiClientManager $other): Heard => Heard::by(
            $other,
            'UserEvent',
        ), $others);
        $headers = ['Text' => 'a,b "c" \\ ü: d', 'Empty' => '', 'Response' => 'Error', 'EventList' => 'start'];

        $answer = $this->ask($ami, new UserEvent('Echo', $headers));
        $this->tickUntil($ami, static fn(): bool => \count($heard) === 1, 'it came back');
        $this->tickUntil($others[0], static fn(): bool => \count($heardByOthers[0]) === 1, 'the listener heard it');
        $this->askOnce($others[1]);

        self::assertTrue($answer->success);
        self::assertSame([], $answer->getEvents());
        foreach ([$heard->take(), $heardByOthers[0]->take()] as $event) {
            foreach ($headers as $name => $value) {
                self::assertSame($value, $event->get($name), $name);
            }
        }
        self::assertCount(0, $heardByOthers[1]);
    }

    /** A round trip, after which everything that was on its way has come. */
    private function askOnce(AmiClientManager $ami): void
    {
        $pending = $ami->send(new Ping());
        $this->tickUntil($ami, $pending->isFinished(...), 'an answer came');
    }
}
