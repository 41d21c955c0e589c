<?php

declare(strict_types=1);

namespace Apn\AmiClient\Laravel\Facades;

use Apn\AmiClient\GenericAction;
use Apn\AmiClient\Laravel\AmiManager;
use Apn\AmiClient\Laravel\Testing\AmiFake;
use Apn\AmiClient\OriginateOutcome;
use Illuminate\Support\Facades\Facade;
use LogicException;
use RuntimeException;

/**
 * Asterisk from anywhere in the application. All of it is safe in a web request, except for `direct`.
 *
 * @method static void serversUsing(\Closure $servers)
 * @method static void on(string|array $names, string|array|callable $target, array $where = [])
 * @method static \Apn\AmiClient\Laravel\Routing\ReaderRoutes reader(string $name)
 * @method static \Apn\AmiClient\Laravel\Contracts\RemoteSender to(?string $server = null)
 * @method static \Apn\AmiClient\AmiClient direct(?string $server = null, float $wait = 5.0)
 * @method static \Apn\AmiClient\AmiClientManager manager()
 * @method static list<string> serverKeys()
 *
 * After fake(), what AmiFake does is there as well:
 *
 * @method static AmiFake respond(string $action, array|callable $answer, ?string $server = null)
 * @method static AmiFake emit(string $event, array $headers = [], ?string $server = null)
 * @method static AmiFake dropSession(?string $server = null)
 * @method static AmiFake fakeGap(?string $server = null, float $seconds = 10.0, string $cause = 'peer_closed')
 * @method static AmiFake preventStrayActions(bool $prevent = true)
 * @method static list<array{string, GenericAction}> sent()
 * @method static void assertSent(string|callable $action, ?callable $that = null)
 * @method static void assertNotSent(string|callable $action, ?callable $that = null)
 * @method static void assertNothingSent()
 * @method static void assertSentInOrder(array $actions)
 * @method static void assertSentCount(int $count)
 *
 * @see AmiManager
 */
final class Ami extends Facade
{
    /**
     * Replaces the servers by ones in memory: nothing leaves the process, and what was sent can be asserted.
     *
     * @param array<string, array<string, mixed>|callable(GenericAction, string): array<string, mixed>> $answers by action:
     * the headers of its response, a callable that gives them, Ami::list(), Ami::outcome(), or Ami::sequence()
     * @param ?list<string> $servers null for those of config/ami.php
     */
    public static function fake(array $answers = [], ?array $servers = null): AmiFake
    {
        if (!extension_loaded('ami_client')) {
            throw new RuntimeException(
                'Ami::fake() needs the PHP extension ami_client, which is not installed: run "pie install apn/ami-client-ext".',
            );
        }

        return AmiFake::install(app(), $answers, $servers);
    }

    /**
     * An answer that lists events.
     *
     * @param list<array<string, scalar|list<scalar>>> $events
     *
     * @return array<string, mixed>
     */
    public static function list(array $events): array
    {
        return ['events' => $events];
    }

    /**
     * What becomes of an Originate with Async.
     *
     * @return array<string, mixed>
     */
    public static function outcome(OriginateOutcome $outcome, string $channel = 'PJSIP/fake-00000001'): array
    {
        $reason = match ($outcome) {
            OriginateOutcome::Answered => 4,
            OriginateOutcome::Busy => 5,
            OriginateOutcome::NoAnswer => 3,
            OriginateOutcome::Congestion => 8,
            OriginateOutcome::Failed => 0,
        };
        $response = $outcome === OriginateOutcome::Answered ? 'Success' : 'Failure';

        return self::list([[
            'Event' => 'OriginateResponse',
            'Response' => $response,
            'Reason' => $reason,
            'Channel' => $channel,
        ]]);
    }

    /**
     * One answer after the other; the last one for all that follow.
     *
     * @param array<string, mixed>|\Closure(GenericAction, string): array<string, mixed> ...$answers
     */
    public static function sequence(array|\Closure ...$answers): \Closure
    {
        return static function (GenericAction $action, string $server) use (&$answers): array {
            $answer = count($answers) > 1 ? array_shift($answers) : $answers[array_key_first($answers)];

            return is_array($answer) ? $answer : $answer($action, $server);
        };
    }

    /**
     * @param string $method
     * @param array<array-key, mixed> $args
     */
    public static function __callStatic($method, $args)
    {
        if (method_exists(AmiManager::class, $method) || !method_exists(AmiFake::class, $method)) {
            return parent::__callStatic($method, $args);
        }
        if (!app()->bound(AmiFake::class)) {
            throw new LogicException("Ami::$method() is for tests: call Ami::fake() before it");
        }

        return app(AmiFake::class)->$method(...$args);
    }

    protected static function getFacadeAccessor(): string
    {
        return AmiManager::class;
    }
}
