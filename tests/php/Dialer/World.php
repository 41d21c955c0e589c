<?php

declare(strict_types=1);

namespace Apn\AmiClient\Tests\Dialer;

use Apn\AmiClient\AmiClientManager;
use Apn\AmiClient\ClientOptions;
use Apn\AmiClient\Dialer;
use Apn\AmiClient\DialResult;
use Apn\AmiClient\GenericAction;
use Apn\AmiClient\Live\LiveOptions;
use Apn\AmiClient\Testing\FakeAsterisk;

require_once __DIR__ . '/../../phpt/live.inc';

/**
 * Servers in memory whose phones do what their names say, in virtual time, and a dialer that calls them.
 *
 * "answer:4:30" rings for 4 s and talks for 30 s. "busy:1", "silent:20" and "congestion:0" ring that long. "refused" is refused by the server, "failed"
 * has no channel, "unseen" is reported as answered and has no channel either.
 */
final class World
{
    private const float STEP_SECONDS = 0.05;

    public readonly FakeAsterisk $fake;
    public readonly AmiClientManager $ami;
    public float $now = 1_000.0;

    /** @var list<DialResult<mixed>> */
    public array $results = [];

    /** How many Originates were made. */
    public int $made = 0;

    /** @var list<array{float, string, string}> when each Originate came to which server, and for which channel */
    public array $placed = [];

    /** @var array<string, int> the most calls that went on at once, by server; "" for all */
    public array $most = [];

    /** @var array<string, \Phones> */
    private array $phones = [];

    /** @var array<string, array<string, true>> channels of each server */
    private array $calls = [];

    /** @var \SplPriorityQueue<array{float, int}, \Closure(): mixed> */
    private readonly \SplPriorityQueue $steps;
    private int $planned = 0;

    /** @param list<string> $servers */
    public function __construct(array $servers = ['pbx1'], ?ClientOptions $options = null)
    {
        $this->steps = new \SplPriorityQueue();
        $this->steps->setExtractFlags(\SplPriorityQueue::EXTR_BOTH);
        $this->fake = new FakeAsterisk($servers);
        foreach ($servers as $server) {
            $this->phones[$server] = new \Phones($this->fake, $server);
            $this->calls[$server] = [];
        }
        $this->fake->respond('Originate', $this->originate(...));
        $this->ami = $this->fake->manager($options);
        $this->ami->connectAll(wait: 5.0);
        $this->ami->live(new LiveOptions(verifyInterval: 3_600.0))->await(5.0);
    }

    /** @param iterable<mixed, mixed> $numbers names of phones */
    public function dialer(iterable $numbers, mixed ...$options): Dialer
    {
        return new Dialer(
            $this->ami,
            $numbers,
            function (string $phone): GenericAction {
                ++$this->made;

                return self::action($phone);
            },
            function (DialResult $result): void {
                $this->results[] = $result;
            },
            ...['clock' => fn(): float => $this->now, ...$options],
        );
    }

    public static function action(string $phone): GenericAction
    {
        return new GenericAction('Originate', [
            'Channel' => "PJSIP/{$phone}",
            'Application' => 'Wait',
            'Data' => '600',
            'Timeout' => '30000',
        ]);
    }

    /** So many seconds go by, with a step of the dialer every twentieth of a second. True once it is done. */
    public function pass(Dialer $dialer, float $seconds): bool
    {
        $end = $this->now + $seconds;
        do {
            if ($dialer->step()) {
                return true;
            }
            $this->wait(self::STEP_SECONDS);
        } while ($this->now < $end);

        return $dialer->step();
    }

    /** Until the dialer is done, or an hour has gone by. */
    public function finish(Dialer $dialer, float $longest = 3_600.0): bool
    {
        return $this->pass($dialer, $longest);
    }

    /** So many seconds without a step of the dialer. */
    public function wait(float $seconds): void
    {
        $end = $this->now + $seconds;
        while (!$this->steps->isEmpty()) {
            $at = -$this->steps->top()['priority'][0];
            if ($at > $end) {
                break;
            }
            $this->moveTo($at);
            $this->steps->extract()['data']();
        }
        $this->moveTo($end);
    }

    /** @return array<string, int> how often there was each outcome, or exception */
    public function outcomes(): array
    {
        $outcomes = [];
        foreach ($this->results as $result) {
            $name = $result->outcome?->value ?? new \ReflectionClass($result->error ?? $result)->getShortName();
            $outcomes[$name] = ($outcomes[$name] ?? 0) + 1;
        }
        ksort($outcomes);

        return $outcomes;
    }

    /** Calls that go on at this moment, whether the manager has a session or not. */
    public function active(string $server): int
    {
        return count($this->calls[$server]);
    }

    public function plan(float $after, \Closure $step): void
    {
        // The queue gives the greatest first.
        $this->steps->insert($step, [-($this->now + $after), -++$this->planned]);
    }

    private function moveTo(float $time): void
    {
        $this->fake->advance(max(0.0, $time - $this->now));
        $this->now = max($this->now, $time);
    }

    /** @return array<string, mixed> */
    private function originate(GenericAction $action, string $server): array
    {
        $phone = substr((string) $action->parameters['Channel'], strlen('PJSIP/'));
        $this->placed[] = [$this->now, $server, $phone];
        [$kind, $ring, $talk] = [...explode(':', $phone), '0', '0'];
        $queued = ['Message' => 'Originate successfully queued'];
        $end = static fn(string $response): array => [
            ...$queued,
            'events' => [['Event' => 'OriginateResponse', 'Response' => $response, 'Reason' => '0']],
        ];
        if ($kind === 'refused') {
            return ['Response' => 'Error', 'Message' => 'Extension does not exist.'];
        }
        $isTaken = isset($this->calls[$server][(string) $action->parameters['ChannelId']]);
        if ($kind === 'failed' || $kind === 'unseen' || $isTaken) {
            return $end($kind === 'unseen' ? 'Success' : 'Failure');
        }
        $this->calls[$server][(string) $action->parameters['ChannelId']] = true;
        $this->most[$server] = max($this->most[$server] ?? 0, count($this->calls[$server]));
        $this->most[''] = max($this->most[''] ?? 0, array_sum(array_map(count(...), $this->calls)));
        // What a phone does comes after the response.
        $this->plan(0.0, fn() => $this->ring($server, $action, $kind, (float) $ring, (float) $talk));

        return $queued;
    }

    private function ring(string $server, GenericAction $action, string $kind, float $ring, float $talk): void
    {
        $phones = $this->phones[$server];
        $id = $phones->channel((string) $action->parameters['Channel'], id: (string) $action->parameters['ChannelId']);
        $phones->emit('DialBegin', $phones->dialled($id));
        $phones->state($id, 5);
        $this->plan($ring, function () use ($server, $phones, $id, $kind, $talk): void {
            if ($kind === 'answer') {
                $phones->dialEnd($id, 'ANSWER');
                $this->plan($talk, fn() => $this->hangUp($server, $id, 16));

                return;
            }
            [$status, $cause] = match ($kind) {
                'busy' => ['BUSY', 17],
                'silent' => ['NOANSWER', 19],
                'congestion' => ['CONGESTION', 34],
            };
            $phones->dialEnd($id, $status);
            $this->hangUp($server, $id, $cause);
        });
    }

    private function hangUp(string $server, string $id, int $cause): void
    {
        unset($this->calls[$server][$id]);
        $this->phones[$server]->hangUp($id, $cause);
    }
}
