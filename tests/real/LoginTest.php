<?php

declare(strict_types=1);

namespace Apn\AmiClient\Tests\Real;

use Apn\AmiClient\Actions\Command;
use Apn\AmiClient\Actions\Ping;
use Apn\AmiClient\Actions\UserEvent;
use Apn\AmiClient\AuthMethod;
use Apn\AmiClient\CircuitState;
use Apn\AmiClient\ClientOptions;
use Apn\AmiClient\DisconnectReason;
use Apn\AmiClient\ServerConfig;
use Apn\AmiClient\Tests\Real\Server\Asterisk;
use PHPUnit\Framework\Attributes\DataProvider;

final class LoginTest extends RealTestCase
{
    /** @return iterable<string, array{int, AuthMethod}> */
    public static function methods(): iterable
    {
        foreach (self::versions() as $name => [$version]) {
            foreach (AuthMethod::cases() as $method) {
                yield "{$name}, {$method->value}" => [$version, $method];
            }
        }
    }

    #[DataProvider('methods')]
    public function testEveryMethodLogsIn(int $version, AuthMethod $method): void
    {
        $ami = $this->manager([
            new ServerConfig(
                key: 'pbx',
                host: 'localhost',
                port: $this->asterisk($version)->port(),
                username: 'admin',
                secret: Asterisk::SECRET,
                auth: $method,
            ),
        ]);

        self::assertSame([], $ami->connectAll(wait: self::PATIENCE));
        $this->ask($ami, new Ping());
    }

    #[DataProvider('versions')]
    public function testAWrongSecretIsRefused(int $version): void
    {
        $ami = $this->manager([self::config($this->asterisk($version), secret: 'wrong')]);

        self::assertSame(['pbx' => DisconnectReason::AuthFailed], $ami->connectAll(wait: self::PATIENCE));
        self::assertSame(CircuitState::Open, $ami->health()['pbx']->circuit);
    }

    #[DataProvider('versions')]
    public function testASecretThatIsPutRightLogsInByItself(int $version): void
    {
        $server = Asterisk::expendable($version);
        $right = $server->configuration('manager.conf');
        $server->configure('manager.conf', self::withSecret($right, 'listener', 'other'));
        $operator = $this->connect($server);
        $this->ask($operator, new Command('manager reload'));
        $ami = $this->manager(
            [self::config($server, username: 'listener')],
            new ClientOptions(reconnectMinDelay: 0.05, circuitCooldown: 0.2),
        );
        $sessions = Sessions::of($ami->default());
        $ami->connectAll();
        $this->tickUntil($ami, static fn(): bool => $sessions->reasons !== [], 'it was refused');

        $server->configure('manager.conf', $right);
        $this->ask($operator, new Command('manager reload'));
        $this->tickUntil($ami, $ami->default()->isReady(...), 'it is logged in');

        self::assertSame([DisconnectReason::AuthFailed], array_values(array_unique($sessions->reasons, SORT_REGULAR)));
        self::assertSame(CircuitState::Closed, $ami->health()['pbx']->circuit);
    }

    #[DataProvider('versions')]
    public function testOpenTriesAtOnceWhatWasRefused(int $version): void
    {
        $server = Asterisk::expendable($version);
        $right = $server->configuration('manager.conf');
        $server->configure('manager.conf', self::withSecret($right, 'listener', 'other'));
        $operator = $this->connect($server);
        $this->ask($operator, new Command('manager reload'));
        // It would try again by itself in half a minute.
        $ami = $this->manager([self::config($server, username: 'listener')]);
        self::assertSame(['pbx' => DisconnectReason::AuthFailed], $ami->connectAll(wait: self::PATIENCE));

        $server->configure('manager.conf', $right);
        $this->ask($operator, new Command('manager reload'));

        self::assertTrue($ami->default()->open(wait: self::PATIENCE)->isReady());
    }

    #[DataProvider('versions')]
    public function testAnAccountForOneSessionRefusesTheSecondUntilTheFirstIsOver(int $version): void
    {
        $server = $this->asterisk($version);
        $first = $this->connect($server, username: 'single');
        $second = $this->manager(
            [self::config($server, username: 'single')],
            new ClientOptions(reconnectMinDelay: 0.05, circuitCooldown: 0.2),
        );
        $sessions = Sessions::of($second->default());

        $second->connectAll();
        $this->tickUntil($second, static fn(): bool => $sessions->reasons !== [], 'it was refused');
        self::assertSame(DisconnectReason::LoginInUse, $sessions->reasons[0]);
        $first->terminate();
        $this->tickUntil($second, $second->default()->isReady(...), 'the second one is logged in');

        $this->ask($second, new Ping());
    }

    #[DataProvider('versions')]
    public function testAServerWithTooManyOthersAtTheDoorIsTriedAgain(int $version): void
    {
        $server = Asterisk::expendable($version);
        $usual = $server->configuration('manager.conf');
        $server->configure('manager.conf', str_replace("[general]\n", "[general]\nauthlimit = 2\n", $usual));
        $operator = $this->connect($server);
        $this->ask($operator, new Command('manager reload'));
        $atTheDoor = [self::connectAndSayNothing($server), self::connectAndSayNothing($server)];
        $ami = $this->manager(
            [self::config($server)],
            new ClientOptions(reconnectMinDelay: 0.05, reconnectMaxDelay: 0.1),
        );
        $sessions = Sessions::of($ami->default());

        $ami->connectAll();
        $this->tickUntil($ami, static fn(): bool => $sessions->reasons !== [], 'it was turned away');
        self::assertSame(DisconnectReason::AuthLimit, $sessions->reasons[0]);
        array_map(fclose(...), $atTheDoor);
        $this->tickUntil($ami, $ami->default()->isReady(...), 'it was let in');

        $server->configure('manager.conf', $usual);
        $this->ask($operator, new Command('manager reload'));
    }

    #[DataProvider('versions')]
    public function testTheEventMaskCountsFromTheFirstEvent(int $version): void
    {
        $server = $this->asterisk($version);
        $ami = $this->connect($server, eventMask: 'user');
        $deaf = $this->connect($server, eventMask: 'off');
        $heard = Heard::by($ami, '*');
        $unheard = Heard::by($deaf, '*');

        $this->ask($ami, 'Setvar', ['Variable' => 'MASKED', 'Value' => '1']);
        $this->ask($ami, new UserEvent('Mark'));
        $this->tickUntil($ami, static fn(): bool => \count($heard) > 0, 'the event came');
        $this->ask($deaf, new Ping());

        self::assertSame(['UserEvent'], array_column($heard->events, 'name'));
        self::assertCount(0, $unheard);
    }

    private static function withSecret(string $config, string $account, #[\SensitiveParameter] string $secret): string
    {
        return str_replace("[{$account}]\nsecret = " . Asterisk::SECRET, "[{$account}]\nsecret = {$secret}", $config);
    }

    /** @return resource once Asterisk has said hello */
    private static function connectAndSayNothing(Asterisk $server)
    {
        $socket = stream_socket_client("tcp://127.0.0.1:{$server->port()}");
        self::assertNotFalse($socket);
        self::assertStringStartsWith('Asterisk Call Manager/', (string) fgets($socket));

        return $socket;
    }
}
