<?php

declare(strict_types=1);

namespace Apn\AmiClient\Tests\Real;

use Apn\AmiClient\Action;
use Apn\AmiClient\AmiClientManager;
use Apn\AmiClient\AmiEvent;
use Apn\AmiClient\ClientOptions;
use Apn\AmiClient\ClusterOptions;
use Apn\AmiClient\Exception\ActionErrorResponseException;
use Apn\AmiClient\GenericAction;
use Apn\AmiClient\Response;
use Apn\AmiClient\ServerConfig;
use Apn\AmiClient\Tests\Real\Server\Asterisk;
use PHPUnit\Framework\TestCase;
use Psr\Log\LoggerInterface;

/** The base of tests with a real Asterisk: managers that end with the test, and waits for conditions. */
abstract class RealTestCase extends TestCase
{
    /** Longest wait on a busy machine, unless a test gives another one. */
    protected const float PATIENCE = 60.0;

    /** @var list<AmiClientManager> */
    private array $managers = [];

    /** @var array<int, Asterisk> */
    private array $used = [];

    /** @return array<string, array{int}> */
    final public static function versions(): array
    {
        return ['Asterisk 16' => [16], 'Asterisk 22' => [22]];
    }

    #[\Override]
    protected function tearDown(): void
    {
        foreach ($this->used as $server) {
            // The server may still be busy with the events of a flood.
            $ami = $this->connect($server, options: new ClientOptions(actionTimeout: self::PATIENCE));
            $this->ask($ami, 'Hangup', ['Channel' => '/.*/']);
            $this->tickUntil(
                $ami,
                fn(): bool => $this->ask($ami, 'CoreShowChannels')->getEvents() === [],
                'all calls have ended',
            );
        }
        foreach ($this->managers as $manager) {
            $manager->terminate();
        }
        $this->managers = [];
        $this->used = [];
    }

    /** The shared server of this version. Calls that the test leaves on it are hung up. */
    protected function asterisk(int $version): Asterisk
    {
        return $this->used[$version] = Asterisk::shared($version);
    }

    /** A manager with a Ready session, called "pbx". */
    protected function connect(
        Asterisk $server,
        string $username = 'admin',
        ?ClientOptions $options = null,
        ?ClusterOptions $cluster = null,
        ?string $eventMask = null,
    ): AmiClientManager {
        $config = self::config($server, username: $username, eventMask: $eventMask);
        $ami = $this->manager([$config], $options, cluster: $cluster);
        $failed = $ami->connectAll(wait: self::PATIENCE);
        self::assertSame([], $failed, "{$username} logs in to Asterisk {$server->version}");

        return $ami;
    }

    /** @param list<ServerConfig> $servers */
    protected function manager(
        array $servers,
        ?ClientOptions $options = null,
        ?LoggerInterface $logger = null,
        ?ClusterOptions $cluster = null,
    ): AmiClientManager {
        return $this->managers[] = new AmiClientManager($servers, $options, $logger, $cluster);
    }

    protected static function config(
        Asterisk $server,
        string $key = 'pbx',
        string $username = 'admin',
        #[\SensitiveParameter]
        string $secret = Asterisk::SECRET,
        ?string $eventMask = null,
    ): ServerConfig {
        return new ServerConfig(
            key: $key,
            host: '127.0.0.1',
            port: $server->port(),
            username: $username,
            secret: $secret,
            eventMask: $eventMask,
        );
    }

    /** @param array<string, scalar|list<scalar>|array<string, scalar>> $parameters */
    protected function ask(AmiClientManager $ami, Action|string $action, array $parameters = []): Response
    {
        return $ami->send(
            \is_string($action) ? new GenericAction($action, $parameters) : $action,
        )->await(self::PATIENCE);
    }

    /**
     * Sends many actions at once and waits for all.
     *
     * @param list<Action> $actions
     *
     * @return list<Response>
     */
    protected function askAll(AmiClientManager $ami, array $actions): array
    {
        $responses = [];
        // The number of pending actions is bounded.
        foreach (array_chunk($actions, 1_000) as $chunk) {
            $pending = array_map($ami->send(...), $chunk);
            foreach ($pending as $action) {
                $responses[] = $action->await(self::PATIENCE);
            }
        }

        return $responses;
    }

    /** @param array<string, scalar|list<scalar>|array<string, scalar>> $parameters */
    protected function refusal(
        AmiClientManager $ami,
        Action|string $action,
        array $parameters = [],
    ): ActionErrorResponseException {
        try {
            $this->ask($ami, $action, $parameters);
        } catch (ActionErrorResponseException $refused) {
            return $refused;
        }
        self::fail('the action was not refused');
    }

    /** The event that completed the answer. */
    protected static function complete(Response $response): AmiEvent
    {
        return $response->getCompleteEvent() ?? self::fail('no event ended this answer');
    }

    /** @param \Closure(): bool $condition */
    protected function tickUntil(
        AmiClientManager $ami,
        \Closure $condition,
        string $what,
        float $seconds = self::PATIENCE,
    ): void {
        $deadline = microtime(true) + $seconds;
        while (!$condition()) {
            if (microtime(true) > $deadline) {
                self::fail("within {$seconds} s it did not happen that {$what}");
            }
            $ami->tick(20);
        }
    }
}
