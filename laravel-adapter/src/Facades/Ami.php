<?php

declare(strict_types=1);

namespace Apn\AmiClient\Laravel\Facades;

use Apn\AmiClient\GenericAction;
use Apn\AmiClient\Laravel\AmiService;
use Apn\AmiClient\Laravel\Testing\AmiFake;
use Apn\AmiClient\OriginateOutcome;
use Illuminate\Support\Facades\Facade;

/**
 * Asterisk from anywhere in the application. What is here is safe in a web request, save what `direct` says of itself.
 *
 * @method static void serversUsing(\Closure $servers)
 * @method static void on(string|array $names, string|callable $target, array $where = [])
 * @method static \Apn\AmiClient\Laravel\Contracts\RemoteSender to(?string $server = null)
 * @method static \Apn\AmiClient\AmiClient direct(?string $server = null, float $wait = 5.0)
 * @method static \Apn\AmiClient\AmiClientManager manager()
 * @method static list<string> serverKeys()
 *
 * @see AmiService
 */
final class Ami extends Facade
{
    /**
     * Servers in memory from now on: nothing leaves the process, and what was sent can be asked.
     *
     * @param array<string, mixed> $answers by action: the headers of its response, a callable that gives them, Ami::list(),
     * Ami::outcome(), or Ami::sequence()
     * @param ?list<string> $servers null for those of config/ami.php
     */
    public static function fake(array $answers = [], ?array $servers = null): AmiFake
    {
        return AmiFake::install(self::getFacadeApplication(), $answers, $servers);
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

        return [
            'events' => [[
                'Event' => 'OriginateResponse',
                'Response' => $response,
                'Reason' => $reason,
                'Channel' => $channel,
            ]],
        ];
    }

    /**
     * One answer after the other; the last one for all that follow.
     *
     * @param array<string, mixed>|\Closure ...$answers
     */
    public static function sequence(array|\Closure ...$answers): \Closure
    {
        return static function (GenericAction $action, string $server) use (&$answers): array {
            $answer = count($answers) > 1 ? array_shift($answers) : $answers[array_key_first($answers)];

            return $answer instanceof \Closure ? $answer($action, $server) : $answer;
        };
    }

    protected static function getFacadeAccessor(): string
    {
        return AmiService::class;
    }
}
