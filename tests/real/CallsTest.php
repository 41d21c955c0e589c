<?php

declare(strict_types=1);

namespace Apn\AmiClient\Tests\Real;

use Apn\AmiClient\Actions\Getvar;
use Apn\AmiClient\Actions\Hangup;
use Apn\AmiClient\Actions\Originate;
use Apn\AmiClient\Actions\Ping;
use Apn\AmiClient\AmiClientManager;
use Apn\AmiClient\AmiEvent;
use Apn\AmiClient\Exception\ActionErrorResponseException;
use Apn\AmiClient\OriginateOutcome;
use Apn\AmiClient\OriginateResult;
use PHPUnit\Framework\Attributes\DataProvider;

/** What becomes of an Originate, asked for in both ways. */
final class CallsTest extends RealTestCase
{
    /** @return iterable<string, array{int, string, OriginateOutcome, bool}> */
    public static function calls(): iterable
    {
        foreach (self::versions() as $name => [$version]) {
            foreach ([
                'Local/100@answer' => OriginateOutcome::Answered,
                'Local/100@busy' => OriginateOutcome::Busy,
                'Local/100@ring' => OriginateOutcome::NoAnswer,
                'Local/100@congestion' => OriginateOutcome::Congestion,
                'Local/100@nowhere' => OriginateOutcome::Failed,
                'NoSuchTechnology/100' => OriginateOutcome::Failed,
            ] as $channel => $outcome) {
                yield "{$channel} on {$name}, async" => [$version, $channel, $outcome, true];
                yield "{$channel} on {$name}, sync" => [$version, $channel, $outcome, false];
            }
        }
    }

    #[DataProvider('calls')]
    public function testTheOutcomeOfACallIsTold(
        int $version,
        string $channel,
        OriginateOutcome $expected,
        bool $async,
    ): void {
        $ami = $this->connect($this->asterisk($version));
        $originate = self::originate($channel, $async);
        $hangups = Heard::by($ami, 'Hangup', ['Linkedid' => $originate->channelId]);

        try {
            $answer = $this->ask($ami, $originate);
        } catch (ActionErrorResponseException $refused) {
            self::assertFalse($refused->isRetrySafe(), 'the phone may have rung');
            $answer = $refused->response;
        }
        $isCall = str_starts_with($channel, 'Local/') && !str_contains($channel, 'nowhere');
        if ($isCall && $expected !== OriginateOutcome::Answered) {
            $this->tickUntil($ami, static fn(): bool => \count($hangups) === 2, 'both halves were hung up');
        }
        $result = OriginateResult::of($answer, ...$hangups->events);

        self::assertSame(self::toldBy($version, $async, $expected), $result->outcome);
        self::assertSame($async, $answer->getCompleteEvent() !== null);
        if ($expected === OriginateOutcome::Answered) {
            $this->assertAnsweredWithItsVariable($ami, $originate);
        }
        $this->ask($ami, new Ping());
    }

    #[DataProvider('versions')]
    public function testAFullDialersWorthOfCallsAtOnceAreEachTheirOwn(int $version): void
    {
        $ami = $this->connect($this->asterisk($version));
        $contexts = ['answer', 'busy', 'congestion'];
        $originates = [];
        for ($call = 0; $call < 60; ++$call) {
            $originates[] = self::originate('Local/' . (100 + $call) . "@{$contexts[$call % 3]}", async: true);
        }

        $answers = $this->askAll($ami, $originates);

        foreach ($answers as $call => $answer) {
            $event = self::complete($answer);
            self::assertSame($originates[$call]->channelId, $event->get('Uniqueid'));
            self::assertSame($answer->getActionId(), $event->getActionId());
            self::assertSame(($call % 3) === 0 ? 'Success' : 'Failure', $event->get('Response'));
        }
    }

    #[DataProvider('versions')]
    public function testChannelsAreHungUpByAPattern(int $version): void
    {
        $ami = $this->connect($this->asterisk($version));
        $answered = [];
        foreach ($this->askAll($ami, [
            self::originate('Local/100@answer', async: true),
            self::originate('Local/101@answer', async: true),
            self::originate('Local/102@dial/n', async: true),
        ]) as $answer) {
            $answered[] = (string) self::complete($answer)->get('Channel');
        }
        $hangups = Heard::by($ami, 'Hangup');

        $answer = $this->ask($ami, new Hangup('/^Local\/10[01]@answer-.*;1$/', cause: 16));

        $channels = array_map(static fn(AmiEvent $item): ?string => $item->get('Channel'), $answer->getEvents());
        sort($channels);
        self::assertSame(\array_slice($answered, 0, 2), $channels);
        self::assertSame('ChannelsHungupListComplete', self::complete($answer)->name);
        self::assertSame(2, self::complete($answer)->int('ListItems'));
        foreach (\array_slice($answered, 0, 2) as $channel) {
            $this->tickUntil($ami, static fn(): bool => $hangups->has('Channel', $channel), "{$channel} ended");
        }
        self::assertFalse($hangups->has('Channel', $answered[2]));
        // Nothing fits any more.
        $this->tickUntil(
            $ami,
            fn(): bool => $this->ask($ami, new Hangup('/^Local\/10[01]@answer-.*/'))->getEvents() === [],
            'they are gone',
        );
    }

    /** Asterisk is silent on this session while it rings, for longer than readTimeout. */
    #[DataProvider('versions')]
    public function testASynchronousCallOfFortySecondsKeepsTheSessionAtDefaultOptions(int $version): void
    {
        $ami = $this->connect($this->asterisk($version));
        $sessions = Sessions::of($ami->default());
        $began = microtime(true);

        $call = $ami->send(new Originate(
            channel: 'Local/100@ring',
            application: 'Wait',
            data: '1',
            timeoutMs: 40_000,
            async: false,
        ));
        $this->tickUntil($ami, static fn(): bool => microtime(true) > ($began + 20.0), 'half of it is over', 30.0);
        $ping = $ami->send(new Ping());
        $this->tickUntil($ami, $ping->isFinished(...), 'the Ping was answered');

        self::assertGreaterThan(39.0, microtime(true) - $began);
        self::assertInstanceOf(ActionErrorResponseException::class, $call->getException());
        self::assertTrue($ping->getResponse()?->success);
        self::assertSame([], $sessions->states);
    }

    /** Asterisk 16 hangs up what nobody answered with cause 0: a synchronous Originate then tells no more than that it failed. */
    private static function toldBy(int $version, bool $async, OriginateOutcome $outcome): OriginateOutcome
    {
        return $version === 16 && !$async && $outcome === OriginateOutcome::NoAnswer
            ? OriginateOutcome::Failed
            : $outcome;
    }

    private static function originate(string $channel, bool $async): Originate
    {
        return new Originate(
            channel: $channel,
            exten: '200',
            context: 'answer',
            priority: 1,
            // As long as it may ring.
            timeoutMs: 1_000,
            variable: ['CAMPAIGN' => 'a,b "c" \\ ü'],
            async: $async,
        );
    }

    private function assertAnsweredWithItsVariable(AmiClientManager $ami, Originate $originate): void
    {
        foreach ($this->ask($ami, 'CoreShowChannels')->getEvents() as $channel) {
            if ($channel->get('Uniqueid') === $originate->channelId) {
                $value = $this->ask($ami, new Getvar('CAMPAIGN', (string) $channel->get('Channel')))->get('Value');
                self::assertSame('a,b "c" \\ ü', $value);

                return;
            }
        }
        self::fail('the channel has no id of ours');
    }
}
