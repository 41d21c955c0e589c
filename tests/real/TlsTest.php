<?php

declare(strict_types=1);

namespace Apn\AmiClient\Tests\Real;

use Apn\AmiClient\Actions\Command;
use Apn\AmiClient\Actions\Ping;
use Apn\AmiClient\Actions\Reload;
use Apn\AmiClient\Actions\UserEvent;
use Apn\AmiClient\AmiClientManager;
use Apn\AmiClient\AuthMethod;
use Apn\AmiClient\ClientOptions;
use Apn\AmiClient\DisconnectReason;
use Apn\AmiClient\Response;
use Apn\AmiClient\ServerConfig;
use Apn\AmiClient\Tests\Real\Server\Asterisk;
use Apn\AmiClient\Tests\Real\Server\Certificate;
use Apn\AmiClient\TlsOptions;
use PHPUnit\Framework\Attributes\DataProvider;

final class TlsTest extends RealTestCase
{
    #[DataProvider('versions')]
    public function testTheServersOwnCertificateIsPinned(int $version): void
    {
        $server = $this->asterisk($version);

        foreach (['127.0.0.1', 'localhost'] as $host) {
            $ami = $this->over($server, new TlsOptions(caFile: "{$server->folder}/keys/ami.pem"), host: $host);
            self::assertSame([], $ami->connectAll(wait: self::PATIENCE), $host);
            $this->ask($ami, new Ping());
        }
    }

    #[DataProvider('versions')]
    public function testACertificateNobodyVouchesForIsRefused(int $version): void
    {
        $server = $this->asterisk($version);
        $stranger = Certificate::selfSigned()->save("{$server->folder}/keys/stranger.pem");

        self::assertStringContainsString('self-signed', $this->failure($server, new TlsOptions(caFile: $stranger)));
        self::assertStringContainsString('self-signed', $this->failure($server, new TlsOptions()));
    }

    #[DataProvider('versions')]
    public function testACertificateForAnotherNameIsRefused(int $version): void
    {
        $server = $this->asterisk($version);
        $tls = new TlsOptions(caFile: "{$server->folder}/keys/ami.pem", serverName: 'pbx.example.org');

        self::assertStringContainsString('for another name', $this->failure($server, $tls));
    }

    #[DataProvider('versions')]
    public function testAnyCertificateIsTakenWhereTheUserSaysSoAndEveryTimeThatIsLogged(int $version): void
    {
        $log = new Log();
        $ami = $this->over($this->asterisk($version), new TlsOptions(verifyPeer: false), log: $log);

        self::assertSame([], $ami->connectAll(wait: self::PATIENCE));
        $ami->default()->close();
        $ami->default()->open(wait: self::PATIENCE);

        self::assertCount(2, array_filter(
            $log->records,
            static fn(array $record): bool => $record['level'] === 'warning',
        ));
    }

    #[DataProvider('versions')]
    public function testALeafIsTakenOnItsAuthoritysWord(int $version): void
    {
        $server = Asterisk::expendable($version);
        $authority = Certificate::authority();
        $file = $authority->save("{$server->folder}/keys/authority.pem");
        $this->present($server, $authority->leaf());

        $ami = $this->over($server, new TlsOptions(caFile: $file));
        self::assertSame([], $ami->connectAll(wait: self::PATIENCE));

        // A new one of the same authority changes nothing for anybody.
        $this->present($server, $authority->leaf());
        $ami->default()->close();
        self::assertTrue($ami->default()->open(wait: self::PATIENCE)->isReady());
    }

    #[DataProvider('versions')]
    public function testACertificateThatHasExpiredIsRefusedPinnedOrNot(int $version): void
    {
        $server = Asterisk::expendable($version);
        $authority = Certificate::authority();
        // They are valid in the second they are made in.
        $expired = Certificate::selfSigned(days: 0);
        $vouchedFor = $authority->leaf(days: 0);
        $ami = $this->connect($server);
        $expiredAt = time();
        $this->tickUntil($ami, static fn(): bool => time() > $expiredAt, 'they have expired');

        $this->present($server, $expired);
        $pinned = new TlsOptions(caFile: $expired->save("{$server->folder}/keys/expired.pem"));
        self::assertStringContainsString('has expired', $this->failure($server, $pinned));

        $this->present($server, $vouchedFor);
        $vouched = new TlsOptions(caFile: $authority->save("{$server->folder}/keys/authority.pem"));
        self::assertStringContainsString('has expired', $this->failure($server, $vouched));
    }

    #[DataProvider('versions')]
    public function testANewPinnedCertificateIsTakenOnceItsFileIsThere(int $version): void
    {
        $server = Asterisk::expendable($version);
        $file = "{$server->folder}/keys/pinned.pem";
        $old = Certificate::selfSigned();
        $new = Certificate::selfSigned();
        $old->save($file);
        $this->present($server, $old);
        $ami = $this->over($server, new TlsOptions(caFile: $file));
        self::assertSame([], $ami->connectAll(wait: self::PATIENCE));
        $sessions = Sessions::of($ami->default());

        // The session lives through the change; the next one does not begin.
        $this->present($server, $new);
        $this->ask($ami, new Ping());
        $server->kill();
        $server->startAgain();
        $this->tickUntil(
            $ami,
            static fn(): bool => \in_array(DisconnectReason::Tls, $sessions->reasons, true),
            'the new certificate was refused',
        );
        $new->save($file);
        $this->tickUntil($ami, $ami->default()->isReady(...), 'the new certificate was taken');
    }

    #[DataProvider('versions')]
    public function testAHundredActionsAtOnceAreAllAnswered(int $version): void
    {
        $ami = $this->connectPinned($this->asterisk($version));

        $responses = $this->askAll($ami, array_fill(0, 100, new Ping()));

        self::assertCount(100, $responses);
        self::assertTrue(array_all($responses, static fn(Response $response): bool => $response->success));
    }

    /** Asterisk reads 1,024 bytes at once and forgets what it has not read of a longer record. */
    #[DataProvider('versions')]
    public function testLongActionsArriveWhole(int $version): void
    {
        $ami = $this->connectPinned($this->asterisk($version));
        $marks = Heard::by($ami, 'UserEvent', ['UserEvent' => 'Long']);
        $sizes = [1, 400, 511, 512, 900, 1_000];

        foreach ($sizes as $size) {
            $headers = [];
            for ($number = 0; $number < 60; ++$number) {
                $headers["H{$number}"] = "{$number} " . str_repeat('x', $size);
            }
            $this->ask($ami, new UserEvent('Long', $headers));
            $this->tickUntil($ami, static fn(): bool => \count($marks) > 0, 'the event came back');
            $event = $marks->take();
            foreach ($headers as $name => $value) {
                self::assertSame($value, $event->get($name));
            }
        }
    }

    #[DataProvider('versions')]
    public function testALongAnswerComesWhole(int $version): void
    {
        $server = $this->asterisk($version);
        $command = new Command('core show functions');

        $overTls = $this->ask($this->connectPinned($server), $command)->getOutput();

        self::assertSame($this->ask($this->connect($server), $command)->getOutput(), $overTls);
        self::assertGreaterThan(100, substr_count((string) $overTls, "\n"));
    }

    #[DataProvider('versions')]
    public function testAFloodLosesNothing(int $version): void
    {
        $server = $this->asterisk($version);
        $ami = $this->connectPinned($server, new ClientOptions(eventQueueCapacity: 100_000));
        $ticks = Heard::by($ami, 'UserEvent', ['UserEvent' => 'Tick']);

        Flood::start($ami->default(), 5);
        $this->tickUntil(
            $ami,
            static fn(): bool => \count($ticks) === (5 * Flood::TICKS_OF_A_CALL),
            'the flood is over',
        );

        self::assertTrue(Flood::isInOrder($ticks->events, withoutLoss: true));
    }

    #[DataProvider('versions')]
    public function testAPortWithoutTlsIsToldFromARefusal(int $version): void
    {
        $server = $this->asterisk($version);
        $why = $this->failure($server, new TlsOptions(verifyPeer: false), port: $server->port());

        self::assertStringContainsString('does not speak TLS', $why);
    }

    private function connectPinned(Asterisk $server, ?ClientOptions $options = null): AmiClientManager
    {
        $ami = $this->over($server, new TlsOptions(caFile: "{$server->folder}/keys/ami.pem"), options: $options);
        self::assertSame([], $ami->connectAll(wait: self::PATIENCE));

        return $ami;
    }

    /** Why no session comes to be, in words. */
    private function failure(Asterisk $server, TlsOptions $tls, ?int $port = null): string
    {
        $ami = $this->over($server, $tls, port: $port);
        $sessions = Sessions::of($ami->default());
        $ami->connectAll();
        $this->tickUntil($ami, static fn(): bool => $sessions->reasons !== [], 'it was refused');

        self::assertSame(DisconnectReason::Tls, $sessions->reasons[0]);

        return $sessions->details[0];
    }

    private function over(
        Asterisk $server,
        TlsOptions $tls,
        string $host = '127.0.0.1',
        ?int $port = null,
        ?ClientOptions $options = null,
        ?Log $log = null,
    ): AmiClientManager {
        return $this->manager(
            [
                new ServerConfig(
                    key: 'pbx',
                    host: $host,
                    port: $port ?? $server->tlsPort(),
                    username: 'admin',
                    secret: Asterisk::SECRET,
                    tls: $tls,
                    // Over TLS the secret may go as it is; that is shown too.
                    auth: AuthMethod::Plain,
                ),
            ],
            $options ?? new ClientOptions(
                reconnectMinDelay: 0.05,
                reconnectMaxDelay: 0.2,
                circuitFailureThreshold: 1_000,
            ),
            $log,
        );
    }

    /** Has Asterisk show this certificate from now on. */
    private function present(Asterisk $server, Certificate $certificate): void
    {
        $certificate->saveKey("{$server->folder}/keys/ami.key");
        $certificate->save("{$server->folder}/keys/ami.pem");
        // Asterisk looks at the files when manager.conf has been written anew.
        $server->configure('manager.conf', $server->configuration('manager.conf'));
        $this->ask($this->connect($server), new Reload(module: 'manager'));
    }
}
