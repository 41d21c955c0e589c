<?php

declare(strict_types=1);

namespace Apn\AmiClient\Tests;

use Apn\AmiClient\AmiClientManager;
use Apn\AmiClient\Dsn;
use Apn\AmiClient\Exception\InvalidConfigurationException;
use PHPUnit\Framework\Attributes\DataProvider;
use PHPUnit\Framework\TestCase;

final class DsnTest extends TestCase
{
    public function testADsnIsAServer(): void
    {
        $server = Dsn::server('pbx1', 'ami://dialer:s3cret@10.0.0.5');

        self::assertSame(['pbx1', '10.0.0.5', 5038, 'dialer', null], [
            $server->key,
            $server->host,
            $server->port,
            $server->username,
            $server->tls,
        ]);
    }

    public function testAmisIsTlsOnItsPortAndVerifies(): void
    {
        $server = Dsn::server('pbx1', 'AMIS://dialer:s3cret@pbx1.example');

        self::assertSame(5039, $server->port);
        self::assertTrue($server->tls?->verifyPeer);
    }

    public function testWhatIsEncodedReachesTheServerAsItWas(): void
    {
        $user = 'a:b@c';
        $secret = 'p/?#@:% +=&';
        $config = Dsn::parse('ami://' . rawurlencode($user) . ':' . rawurlencode($secret) . '@[::1]:5040');

        self::assertSame(['host' => '::1', 'port' => 5040, 'username' => $user, 'secret' => $secret], $config);
    }

    public function testMoreMayBeSaidInAQuery(): void
    {
        $server = Dsn::server(
            'pbx1',
            'amis://dialer:s3cret@h?event_mask=off&tls[verify_peer]=false&options[read_timeout]=60&options[max_pending_actions]=7&options[protected_events][]=Hangup',
        );

        self::assertSame('off', $server->eventMask);
        self::assertFalse($server->tls?->verifyPeer);
        self::assertSame([60.0, 7, ['Hangup']], [
            $server->options?->readTimeout,
            $server->options?->maxPendingActions,
            $server->options?->protectedEvents,
        ]);
    }

    public function testAManagerTakesItUnderItsServers(): void
    {
        $manager = AmiClientManager::fromConfig(['servers' => ['pbx1' => Dsn::parse('ami://dialer:s3cret@h')]]);

        self::assertSame(['pbx1'], $manager->serverKeys());
    }

    /** @return iterable<string, array{string, string}> */
    public static function mistakes(): iterable
    {
        yield 'another scheme' => ['tcp://dialer:s3cret@h', 'the DSN is not ami://user:secret@host'];
        yield 'no scheme' => ['h:5038', 'the DSN is not ami://'];
        yield 'nothing' => ['', 'the DSN is not ami://'];
        yield 'no host' => ['ami://', 'the DSN is not ami://'];
        yield 'a port beyond all' => ['ami://dialer:s3cret@h:99999', 'the DSN is not ami://'];
        yield 'a slash in the secret' => ['ami://dialer:s3c/ret@h', 'must be percent-encoded'];
        yield 'a hash in the secret' => ['ami://dialer:s3c#ret@h', 'must be percent-encoded'];
        yield 'a question mark in the secret' => ['ami://dialer:s3c?ret@h', 'must be percent-encoded'];
        yield 'a path' => ['ami://dialer:s3cret@h/pbx1', 'the DSN has a path or a fragment'];
        yield 'no account' => ['ami://h', 'username is null'];
        yield 'an unknown option' => ['ami://dialer:s3cret@h?tsl=1', 'unknown key "tsl"'];
        yield 'an option out of its range' => [
            'ami://dialer:s3cret@h?options[read_timeout]=9999999',
            'readTimeout is 9999999',
        ];
        yield 'options of TLS without it' => ['ami://dialer:s3cret@h?tls[ca_file]=/x', 'TLS is amis://'];
    }

    #[DataProvider('mistakes')]
    public function testAMistakeIsExplainedWithoutTheSecret(string $dsn, string $message): void
    {
        try {
            Dsn::server('pbx1', $dsn);
            self::fail('it was taken');
        } catch (InvalidConfigurationException $error) {
            self::assertStringContainsString($message, $error->getMessage());
            self::assertStringNotContainsString('s3c', $error->getMessage() . $error->getTraceAsString());
        }
    }
}
