<?php

declare(strict_types=1);

namespace Apn\AmiClient\Tests\Recording;

use Apn\AmiClient\Recording\Answer;
use Apn\AmiClient\Recording\ReplaySession;
use PHPUnit\Framework\TestCase;

final class ReplaySessionTest extends TestCase
{
    private const string LOGIN = "Action: Login\r\nUsername: u\r\nSecret: s\r\n\r\n";

    public function testBeforeTheLoginNothingElseIsAllowed(): void
    {
        $session = new ReplaySession([], null);

        self::assertStringContainsString('Permission denied', $session->receive("Action: Ping\r\n\r\n"));
        self::assertFalse($session->isLoggedIn());
        self::assertStringContainsString('Authentication accepted', $session->receive(self::LOGIN));
        self::assertTrue($session->isLoggedIn());
    }

    public function testASecretIsAskedForInPlainOrByChallenge(): void
    {
        $plain = new ReplaySession([], 's');
        $plain->receive(self::LOGIN);
        self::assertTrue($plain->isLoggedIn());

        $md5 = new ReplaySession([], 's');
        self::assertSame(1, preg_match(
            '/Challenge: (\d+)/',
            $md5->receive("Action: Challenge\r\nAuthType: MD5\r\n\r\n"),
            $found,
        ));
        $md5->receive("Action: Login\r\nUsername: u\r\nKey: " . md5($found[1] . 's') . "\r\n\r\n");
        self::assertTrue($md5->isLoggedIn());

        $wrong = new ReplaySession([], 'other');
        self::assertStringContainsString('Authentication failed', $wrong->receive(self::LOGIN));
        self::assertTrue($wrong->hasEnded());
        $guess = new ReplaySession([], 'other');
        $guess->receive("Action: Login\r\nUsername: u\r\nKey: " . md5('other') . "\r\n\r\n");
        self::assertFalse($guess->isLoggedIn(), 'without a challenge a key is worth nothing');
    }

    public function testActionsAreReadHoweverTheyAreCut(): void
    {
        $session = new ReplaySession([], null);
        $output = '';
        foreach (str_split(self::LOGIN . "Action: Ping\r\nActionID: a:b:1\r\n\r\n") as $byte) {
            $output .= $session->receive($byte);
        }

        self::assertStringEndsWith("Response: Success\r\nActionID: a:b:1\r\nPing: Pong\r\n\r\n", $output);
    }

    public function testARecordedAnswerIsGivenInTurnWithTheIdOfTheQuestion(): void
    {
        $session = new ReplaySession(['queuestatus' => [self::answer('1'), self::answer('2')]], null);
        $session->receive(self::LOGIN);

        $first = $session->receive("Action: QueueStatus\r\nActionID: x\r\n\r\n");
        self::assertSame(
            "Response: Success\r\nActionID: x\r\nCalls: 1\r\n\r\nEvent: QueueStatusComplete\r\nActionID: x\r\nListItems: 0\r\n\r\n",
            $first,
        );
        self::assertStringContainsString('Calls: 2', $session->receive("Action: queuestatus\r\n\r\n"));
        self::assertStringContainsString('Calls: 2', $session->receive("Action: queuestatus\r\n\r\n"));
    }

    public function testAnActionThatNobodyAnsweredStaysUnanswered(): void
    {
        $silence = Answer::ofJson(['action' => [['Action', 'Silence']], 'error' => 'timeout']);
        self::assertNotNull($silence);
        $session = new ReplaySession(['silence' => [$silence]], null);
        $session->receive(self::LOGIN);

        self::assertSame('', $session->receive("Action: Silence\r\n\r\n"));
        self::assertStringContainsString(
            'command: Other. It is not in the recording',
            $session->receive("Action: Other\r\n\r\n"),
        );
        self::assertStringContainsString('Missing action in request', $session->receive("Channel: x\r\n\r\n"));
    }

    public function testLogoffEndsTheSession(): void
    {
        $session = new ReplaySession([], null);

        self::assertStringContainsString('Goodbye', $session->receive("Action: Logoff\r\n\r\nAction: Ping\r\n\r\n"));
        self::assertTrue($session->hasEnded());
    }

    public function testAnEndlessActionEndsTheSession(): void
    {
        $session = new ReplaySession([], null);
        $session->receive(str_repeat("Header: value\r\n", 10_000));

        self::assertTrue($session->hasEnded());
    }

    private static function answer(string $calls): Answer
    {
        $answer = Answer::ofJson([
            'action' => [['Action', 'QueueStatus']],
            'answer' => [
                ['Response', 'Success'],
                ['ActionID', 'old'],
                ['Calls',    $calls],
            ],
            'events' => [],
            'complete' => [
                ['Event',     'QueueStatusComplete'],
                ['ActionID',  'old'],
                ['ListItems', '0'],
            ],
        ]);
        self::assertNotNull($answer);

        return $answer;
    }
}
