<?php

declare(strict_types=1);

namespace Apn\AmiClient\Tests\Real;

use Apn\AmiClient\Actions\Command;
use Apn\AmiClient\Actions\Ping;
use Apn\AmiClient\Actions\Reload;
use Apn\AmiClient\Actions\UserEvent;
use Apn\AmiClient\AmiClientManager;
use Apn\AmiClient\ClientOptions;
use Apn\AmiClient\DisconnectReason;
use Apn\AmiClient\Exception\ActionTimeoutException;
use Apn\AmiClient\Exception\InvalidConnectionStateException;
use Apn\AmiClient\Exception\OutcomeUnknownException;
use Apn\AmiClient\GenericAction;
use Apn\AmiClient\Tests\Real\Server\Asterisk;
use PHPUnit\Framework\Attributes\DataProvider;

/** What can happen to a server: its session ends for a reason and comes back by itself, and no other server notices. */
final class OutagesTest extends RealTestCase
{
    #[DataProvider('versions')]
    public function testAKilledServerComesBack(int $version): void
    {
        $server = Asterisk::expendable($version);
        $ami = $this->connectBoth($server);
        $sessions = Sessions::of($ami->server('pbx'));
        $others = new Pinger($ami->server('other'));
        $marks = Heard::by($ami, 'UserEvent', ['UserEvent' => 'Mark']);
        $this->ask($ami, new UserEvent('Mark'));
        $pending = $ami->send(new GenericAction('Originate', [
            'Channel' => 'Local/100@ring',
            'Application' => 'Wait',
            'Data' => '1',
        ]), 'pbx');
        $this->tickUntil($ami, static fn(): bool => \count($marks) === 1, 'the event came');

        $goneAt = microtime(true);
        $server->kill();
        $this->tickUntil($ami, static fn(): bool => $sessions->ends !== [], 'the session was lost');

        self::assertSame([DisconnectReason::PeerClosed], $sessions->ends);
        self::assertInstanceOf(OutcomeUnknownException::class, $pending->getException());
        $this->assertNotSent($ami);

        $server->startAgain();
        $this->tickUntil($ami, $ami->server('pbx')->isReady(...), 'it is there again');
        $this->ask($ami, new UserEvent('Mark'));
        $this->tickUntil($ami, static fn(): bool => \count($marks) === 2, 'events come again');
        self::assertSame([1, 2], array_column($marks->events, 'session'));
        self::assertSame([DisconnectReason::PeerClosed], array_column($sessions->gaps, 'reason'));
        self::assertNull($others->error);
        // However busy the machine is: nothing waited for the server to be back.
        self::assertLessThan((microtime(true) - $goneAt) / 2, $others->longestSeconds);
    }

    #[DataProvider('versions')]
    public function testAStoppedServerIsAServerInNoTime(int $version): void
    {
        $server = Asterisk::expendable($version);
        $ami = $this->connectBoth($server);
        $sessions = Sessions::of($ami->server('pbx'));
        $shutdowns = Heard::by($ami, 'Shutdown');

        $server->stop();
        $this->tickUntil($ami, static fn(): bool => $sessions->ends !== [], 'the session was lost');

        // On SIGTERM it ends without cleaning up, and what it says of it may not have left the queue of its events.
        $expected = \count($shutdowns) === 0 ? DisconnectReason::PeerClosed : DisconnectReason::Shutdown;
        self::assertSame([$expected], $sessions->ends);
        $server->startAgain();
        $this->tickUntil($ami, $ami->server('pbx')->isReady(...), 'it is there again');
    }

    #[DataProvider('versions')]
    public function testAServerThatStopsGracefullySaysSo(int $version): void
    {
        $server = Asterisk::expendable($version);
        $ami = $this->connectBoth($server);
        $sessions = Sessions::of($ami->server('pbx'));
        $shutdowns = Heard::by($ami, 'Shutdown');

        $server->console('core stop gracefully');
        // It unloads its modules first, for which threads have to end: half a minute on a busy machine.
        $this->tickUntil($ami, static fn(): bool => \count($shutdowns) === 1, 'it said so', seconds: 90.0);
        // What it does from here to its end may take as long.
        $server->kill();
        $this->tickUntil($ami, static fn(): bool => $sessions->ends !== [], 'the session was lost');

        self::assertSame([DisconnectReason::Shutdown], $sessions->ends);
    }

    #[DataProvider('versions')]
    public function testAServerThatHangsIsGivenUpAndFoundAgain(int $version): void
    {
        $server = Asterisk::expendable($version);
        $ami = $this->connectBoth($server, actionTimeout: 1.0);
        $sessions = Sessions::of($ami->server('pbx'));
        $others = new Pinger($ami->server('other'));

        $goneAt = microtime(true);
        $server->pause();
        $pending = $ami->send(new GenericAction('Ping'), 'pbx');
        $this->tickUntil($ami, static fn(): bool => \count($sessions->reasons) >= 2, 'it was tried again, in vain');
        $server->resume();
        $this->tickUntil($ami, $ami->server('pbx')->isReady(...), 'it is there again');

        self::assertSame([DisconnectReason::ReadTimeout], $sessions->ends);
        // The kernel still takes the connection, but nobody says hello.
        self::assertSame(DisconnectReason::LoginTimeout, $sessions->reasons[1]);
        self::assertInstanceOf(ActionTimeoutException::class, $pending->getException());
        self::assertNull($others->error);
        // However busy the machine is: nothing waited for the server to be back.
        self::assertLessThan((microtime(true) - $goneAt) / 2, $others->longestSeconds);
    }

    #[DataProvider('versions')]
    public function testAServerThatHangsForAMomentKeepsItsSession(int $version): void
    {
        $server = Asterisk::expendable($version);
        $ami = $this->connectBoth($server);
        $sessions = Sessions::of($ami->server('pbx'));
        $others = new Pinger($ami->server('other'));

        $server->pause();
        $pending = $ami->send(new GenericAction('Ping'), 'pbx');
        $before = $others->answers;
        $this->tickUntil($ami, static fn(): bool => $others->answers > ($before + 100), 'the other server answers');
        self::assertFalse($pending->isFinished());
        $server->resume();

        self::assertTrue($pending->await(self::PATIENCE)->success);
        self::assertSame([], $sessions->states);
    }

    #[DataProvider('versions')]
    public function testAServerThatRestartsItselfComesBack(int $version): void
    {
        $server = Asterisk::expendable($version);
        $ami = $this->connectBoth($server);
        $sessions = Sessions::of($ami->server('pbx'));

        $restart = $ami->send(new Command('core restart now'), 'pbx');
        $this->tickUntil($ami, static fn(): bool => $sessions->ends !== [], 'the session was lost');
        $this->tickUntil($ami, $ami->server('pbx')->isReady(...), 'it is there again');

        self::assertCount(1, $sessions->ends);
        // The answer would have to come from who is not there any more.
        self::assertInstanceOf(OutcomeUnknownException::class, $restart->getException());
        $this->ask($ami, new Ping());
    }

    #[DataProvider('versions')]
    public function testAReloadOfTheManagerLeavesTheSessionAlone(int $version): void
    {
        $server = Asterisk::expendable($version);
        $ami = $this->connectBoth($server);
        $sessions = Sessions::of($ami->server('pbx'));
        $reloads = Heard::by($ami, 'Reload');

        $this->ask($ami, new Command('manager reload'));
        $this->ask($ami, new Reload(module: 'manager'));
        $this->tickUntil($ami, static fn(): bool => \count($reloads) > 0, 'it was reloaded');
        $this->ask($ami, new Ping());

        self::assertSame([], $sessions->states);
    }

    /** Asterisk 16 cannot kick. */
    public function testASessionThatIsKickedComesBack(): void
    {
        $server = Asterisk::expendable(22);
        $ami = $this->connectBoth($server, username: 'slow');
        $sessions = Sessions::of($ami->server('pbx'));
        $this->kick($server, 'slow');
        $this->tickUntil($ami, static fn(): bool => $sessions->ends !== [], 'the session was lost');
        $this->tickUntil($ami, $ami->server('pbx')->isReady(...), 'it is there again');

        self::assertSame([DisconnectReason::PeerClosed], $sessions->ends);
    }

    private function kick(Asterisk $server, string $username): void
    {
        $operator = $this->connect($server);
        $connected = (string) $this->ask($operator, new Command('manager show connected'))->getOutput();
        $columns = '\\s+127\\.0\\.0\\.1\\s+\\d+\\s+\\d+\\s+(\\d+)\\s';
        self::assertSame(1, preg_match("/^\\s*{$username}{$columns}/m", $connected, $session), $connected);
        $this->ask($operator, new Command("manager kick session {$session[1]}"));
    }

    /** A manager with the server that something happens to, "pbx", and one to which nothing does, "other". */
    private function connectBoth(
        Asterisk $server,
        string $username = 'admin',
        float $actionTimeout = 10.0,
    ): AmiClientManager {
        $ami = $this->manager(
            [
                self::config($server, username: $username),
                self::config($this->asterisk($server->version), key: 'other'),
            ],
            new ClientOptions(
                loginTimeout: 1.5,
                readTimeout: 2.0,
                heartbeatInterval: 0.5,
                actionTimeout: $actionTimeout,
                reconnectMinDelay: 0.05,
                reconnectMaxDelay: 0.2,
                circuitFailureThreshold: 1_000,
            ),
        );
        self::assertSame([], $ami->connectAll(wait: self::PATIENCE));

        return $ami;
    }

    private function assertNotSent(AmiClientManager $ami): void
    {
        try {
            $ami->server('pbx')->send(new Ping());
        } catch (InvalidConnectionStateException $refused) {
            self::assertTrue($refused->isRetrySafe());

            return;
        }
        self::fail('an action was sent to a server that is away');
    }
}
