<?php

declare(strict_types=1);

namespace Apn\AmiClient\Tests;

use Apn\AmiClient\Actions\Originate;
use Apn\AmiClient\AmiEvent;
use Apn\AmiClient\OriginateOutcome;
use Apn\AmiClient\OriginateResult;
use Apn\AmiClient\Recording\Answer;
use PHPUnit\Framework\Attributes\DataProvider;
use PHPUnit\Framework\TestCase;

/** The outcomes of dialogues of real Asterisk 16 and 22. */
final class OriginateResultTest extends TestCase
{
    /** @return iterable<string, array{string, OriginateOutcome, ?int, OriginateOutcome, ?int}> */
    public static function calls(): iterable
    {
        /** @var array<string, array{OriginateOutcome, ?int, OriginateOutcome, ?int}> $calls */
        $calls = [
            'answered' => [OriginateOutcome::Answered, null, OriginateOutcome::Answered, null],
            'busy' => [OriginateOutcome::Busy, 17, OriginateOutcome::Busy, 17],
            // The phone rang until the Originate's timeout. Asterisk 16 then hangs up with cause 0, Asterisk 22 with 19.
            'unanswered' => [OriginateOutcome::NoAnswer, 19, OriginateOutcome::NoAnswer, 19],
            // The far half hung up by itself. OriginateResponse has Reason 0, and only the hangup of that half has the cause.
            'noanswer' => [OriginateOutcome::Failed, null, OriginateOutcome::NoAnswer, 19],
            'congested' => [OriginateOutcome::Congestion, null, OriginateOutcome::Congestion, 34],
            'rejected' => [OriginateOutcome::Failed, null, OriginateOutcome::Congestion, 21],
            'unallocated' => [OriginateOutcome::Failed, null, OriginateOutcome::Failed, 1],
            'impossible' => [OriginateOutcome::Failed, null, OriginateOutcome::Failed, null],
            'nocontext' => [OriginateOutcome::Failed, null, OriginateOutcome::Failed, null],
        ];
        foreach ($calls as $name => $expected) {
            yield "{$name} on Asterisk 16" => ["{$name}-async.16", ...$expected];
            yield "{$name} on Asterisk 22" => ["{$name}-async.22", ...$expected];
        }
    }

    #[DataProvider('calls')]
    public function testTheAnswerTellsWhatBecameOfTheCall(
        string $fixture,
        OriginateOutcome $outcome,
        ?int $cause,
        OriginateOutcome $outcomeWithHangups,
        ?int $causeWithHangups,
    ): void {
        $dialogue = Dialogue::of("originate/{$fixture}.txt");
        $answer = $dialogue->events('OriginateResponse')[0];

        $alone = OriginateResult::of($answer);
        self::assertSame([$outcome, $cause], [$alone->outcome, $alone->cause]);
        $whole = OriginateResult::of($answer, ...$dialogue->events('Hangup'));
        self::assertSame([$outcomeWithHangups, $causeWithHangups], [$whole->outcome, $whole->cause]);

        self::assertSame($outcome === OriginateOutcome::Answered, $alone->isAnswered());
        // The given id is known after a failure too.
        self::assertSame($answer->get('Uniqueid'), $whole->uniqueId);
        self::assertStringStartsWith('17.k', (string) $whole->uniqueId);
        self::assertSame($answer->get('Channel'), $whole->channel);
        self::assertNull($whole->message);
    }

    /** @return iterable<string, array{string, OriginateOutcome, ?int}> */
    public static function synchronousCalls(): iterable
    {
        /** @var array<string, array{OriginateOutcome, ?int}> $calls */
        $calls = [
            'answered' => [OriginateOutcome::Answered, null],
            'busy' => [OriginateOutcome::Busy, 17],
            'noanswer' => [OriginateOutcome::NoAnswer, 19],
            'congested' => [OriginateOutcome::Congestion, 34],
            'impossible' => [OriginateOutcome::Failed, null],
        ];
        foreach ($calls as $name => $expected) {
            yield "{$name} on Asterisk 16" => ["{$name}-sync.16", ...$expected];
            yield "{$name} on Asterisk 22" => ["{$name}-sync.22", ...$expected];
        }
    }

    #[DataProvider('synchronousCalls')]
    public function testASynchronousOriginateIsTheResponseAndItsHangups(
        string $fixture,
        OriginateOutcome $outcome,
        ?int $cause,
    ): void {
        $dialogue = Dialogue::of("originate/{$fixture}.txt");
        $result = OriginateResult::of($dialogue->response(), ...$dialogue->events('Hangup'));

        self::assertSame([$outcome, $cause], [$result->outcome, $result->cause]);
        self::assertSame($result->isAnswered() ? null : 'Originate failed', $result->message);
    }

    public function testTheResponseOfAnAsynchronousOriginateHasItsEvent(): void
    {
        $answer = Answer::ofJson([
            'action' => [['Action', 'Originate']],
            'answer' => [
                ['Response', 'Success'],
                ['Message',  'Originate successfully queued'],
            ],
            'complete' => [
                ['Event',    'OriginateResponse'],
                ['Response', 'Failure'],
                ['Reason',   '5'],
                ['Uniqueid', 'x'],
            ],
        ]);
        self::assertNotNull($answer);
        $wire = new WireServer(['originate' => [$answer]]);

        $pending = $wire->manager->send(new Originate('Local/202@busy', async: true));
        $result = OriginateResult::of($wire->answerTo($pending));
        $wire->close();

        self::assertSame(OriginateOutcome::Busy, $result->outcome);
        self::assertSame('x', $result->uniqueId);
    }

    public function testAnUnknownUniqueidIsNone(): void
    {
        $result = OriginateResult::of(self::event([
            'Event' => 'OriginateResponse',
            'Response' => 'Failure',
            'Reason' => '0',
            'Uniqueid' => '<unknown>',
        ]));

        self::assertNull($result->uniqueId);
        self::assertSame(OriginateOutcome::Failed, $result->outcome);
    }

    public function testHangupsOfOtherCallsAreIgnored(): void
    {
        $answer = self::event([
            'Event' => 'OriginateResponse',
            'Response' => 'Failure',
            'Reason' => '0',
            'Uniqueid' => 'mine',
        ]);
        $other = self::event(['Event' => 'Hangup', 'Uniqueid' => 'x', 'Linkedid' => 'x', 'Cause' => '17']);
        $mine = self::event(['Event' => 'Hangup', 'Uniqueid' => 'mine;2', 'Linkedid' => 'mine', 'Cause' => '19']);

        self::assertSame(OriginateOutcome::Failed, OriginateResult::of($answer, $other)->outcome);
        self::assertSame(OriginateOutcome::NoAnswer, OriginateResult::of($answer, $other, $mine)->outcome);
    }

    public function testAnotherEventIsNoAnswerOfAnOriginate(): void
    {
        $this->expectException(\InvalidArgumentException::class);
        $this->expectExceptionMessage('QueueStatusComplete');

        OriginateResult::of(self::event(['Event' => 'QueueStatusComplete']));
    }

    /** @param array<string, string> $headers */
    private static function event(array $headers): AmiEvent
    {
        return AmiEvent::fromArray('pbx1', $headers);
    }
}
