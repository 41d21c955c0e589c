<?php

declare(strict_types=1);

namespace Apn\AmiClient\Cli;

use Apn\AmiClient\Actions\Originate;
use Apn\AmiClient\AmiClientManager;
use Apn\AmiClient\AmiEvent;
use Apn\AmiClient\Events\EventName;
use Apn\AmiClient\Events\Header;
use Apn\AmiClient\Exception\ActionErrorResponseException;
use Apn\AmiClient\Exception\ActionNotSentException;
use Apn\AmiClient\Exception\ActionTimeoutException;
use Apn\AmiClient\Exception\AmiException;
use Apn\AmiClient\Exception\AwaitTimeoutException;
use Apn\AmiClient\Exception\InvalidConnectionStateException;
use Apn\AmiClient\OriginateOutcome;
use Apn\AmiClient\OriginateResult;
use Apn\AmiClient\Response;

/** ami call: places a call, waits for its outcome, and returns the outcome as exit code. */
final readonly class CallCommand implements Command
{
    private const int ANSWERED = 0;
    private const int MISUSED = 1;
    private const int NOT_CONNECTED = 2;
    private const int BUSY = 3;
    private const int NO_ANSWER = 4;
    private const int FAILED = 5;

    /** The exit code of timeout(1) for a timeout. */
    private const int TIMED_OUT = 124;

    private const string UNTOLD = 'its outcome is told to a session whose account and event mask have class call';

    /** How long to wait after the answer for the Hangup event with the cause. */
    private const float HANGUP_SECONDS = 1.0;
    private const int STEP_MS = 50;

    public function usage(): string
    {
        return '[SERVER] CHANNEL EXTEN@CONTEXT [OPTION]...';
    }

    public function help(): array
    {
        return [
            'Calls CHANNEL, connects it with EXTEN@CONTEXT once it answers, and prints what',
            'became of the call. It does not wait for the end of an answered call.',
            '',
            '  SERVER               may be left out where one is known',
            '  CHANNEL              what to dial, such as PJSIP/alice or Local/100@internal',
            '  EXTEN@CONTEXT        where the one who answers goes',
            '  --application=NAME   an application of the dialplan instead, such as Playback',
            '  --data=ARGUMENTS     of the application, such as tt-monkeys',
            '  --ring=SECONDS       how long it may ring, 30 if left out',
            '  --caller=CALLERID    what the phone shows, such as \'"Support" <100>\'',
            '  --variable=NAME=VALUE  of the channel; may be given more than once',
            '  --json               an object: server, outcome, cause, channel, uniqueid,',
            '                       message',
            '  --timeout=SECONDS    for the connection, and for the outcome; 10 more than',
            '                       --ring if left out',
            '  --config=FILE        where the servers are, see ami --help',
            '',
            'Exit codes: 0 answered, 1 usage, 2 not connected, 3 busy, 4 no answer, 5 failed,',
            '124 no outcome in time: the call may still be answered.',
            '',
            'examples: ami call PJSIP/alice 100@internal --ring=20',
            '          ami call pbx1 PJSIP/alice --application=Playback --data=tt-monkeys',
        ];
    }

    public function options(): array
    {
        return [
            'application' => true,
            'data' => true,
            'ring' => true,
            'caller' => true,
            'variable' => true,
            'json' => false,
            'timeout' => true,
            'config' => true,
        ];
    }

    public function misuseCode(): int
    {
        return self::MISUSED;
    }

    public function run(Arguments $arguments, Console $console): int
    {
        $ring = $arguments->seconds('ring', default: 30.0);
        $timeout = $arguments->seconds('timeout', default: $ring + 10.0);
        $manager = $console->manager($arguments);
        $connections = new Connections($manager, $console);
        [$keys, $words] = $connections->chosen($arguments->words);
        if (count($keys) !== 1) {
            throw new UsageException('a call is placed on one server');
        }
        $call = self::originate($words, $arguments, $ring);
        try {
            $why = $connections->open($keys, $timeout)[$keys[0]] ?? null;
            if ($why !== null) {
                $console->error("ami: {$keys[0]} is not connected: {$why}");

                return self::NOT_CONNECTED;
            }
            $result = $this->place($call, $keys[0], $manager, $timeout, $console);
            if ($result === null) {
                $console->error('ami: the call is on its way; ' . self::UNTOLD);

                return self::TIMED_OUT;
            }
            self::show($result, $keys[0], $arguments->has('json'), $console);

            return match ($result->outcome) {
                OriginateOutcome::Answered => self::ANSWERED,
                OriginateOutcome::Busy => self::BUSY,
                OriginateOutcome::NoAnswer => self::NO_ANSWER,
                OriginateOutcome::Congestion, OriginateOutcome::Failed => self::FAILED,
            };
        } catch (AmiException $error) {
            $console->error("ami: {$error->getMessage()}");

            return self::codeOf($error, $console);
        } finally {
            $manager->terminate();
        }
    }

    /** @param list<string> $words channel, and exten@context if there is no --application */
    private static function originate(array $words, Arguments $arguments, float $ring): Originate
    {
        $application = $arguments->option('application');
        $expected = $application === null ? 2 : 1;
        if (count($words) !== $expected) {
            throw new UsageException(
                $application === null
                    ? 'a channel and EXTEN@CONTEXT are needed, or --application'
                    : 'a channel is needed, and beside --application no EXTEN@CONTEXT',
            );
        }
        $exten = $context = null;
        if ($application === null) {
            [$exten, $context] = [...explode('@', $words[1], limit: 2), ''];
            if ($exten === '' || $context === '') {
                throw new UsageException("{$words[1]} is not EXTEN@CONTEXT");
            }
        }

        return new Originate(
            channel: $words[0],
            exten: $exten,
            context: $context,
            priority: $application === null ? 1 : null,
            application: $application,
            data: $arguments->option('data'),
            timeoutMs: (int) ($ring * 1_000),
            callerId: $arguments->option('caller'),
            variable: self::variables($arguments->all('variable')),
            async: true,
        );
    }

    /**
     * @param list<string> $assignments
     *
     * @return array<string, string>
     */
    private static function variables(array $assignments): array
    {
        $variables = [];
        foreach ($assignments as $assignment) {
            $parts = explode('=', $assignment, limit: 2);
            if (!isset($parts[1]) || $parts[0] === '') {
                throw new UsageException("--variable={$assignment} is not NAME=VALUE");
            }
            $variables[$parts[0]] = $parts[1];
        }

        return $variables;
    }

    /** Places the call. Null if this session does not receive the outcome. */
    private function place(
        Originate $call,
        string $server,
        AmiClientManager $manager,
        float $timeout,
        Console $console,
    ): ?OriginateResult {
        /** @var list<AmiEvent> $hangups */
        $hangups = [];
        $manager->server($server)->onEvent(
            EventName::Hangup,
            static function (AmiEvent $event) use (&$hangups): void {
                $hangups[] = $event;
            },
            [Header::LinkedId => $call->channelId],
        );
        $pending = $manager->send($call, $server);
        $answer = $console->whileWaiting("calling {$call->channel} on {$server}", static function () use (
            $pending,
            $timeout,
        ): Response {
            try {
                return $pending->await($timeout);
            } catch (ActionErrorResponseException $error) {
                return $error->response;
            }
        });
        if ($answer->partial) {
            return null;
        }
        $until = microtime(true) + self::HANGUP_SECONDS;
        do {
            $result = OriginateResult::of($answer, ...$hangups);
            $isVague = $answer->success && $result->outcome === OriginateOutcome::Failed && $result->cause === null;
        } while ($isVague && microtime(true) < $until && $manager->tick(self::STEP_MS));

        return $result;
    }

    private static function show(OriginateResult $result, string $server, bool $isJson, Console $console): void
    {
        if ($isJson) {
            $console->json([
                'server' => $server,
                'outcome' => $result->outcome->value,
                'cause' => $result->cause,
                'channel' => $result->channel,
                'uniqueid' => $result->uniqueId,
                'message' => $result->message,
            ]);

            return;
        }
        $text = $result->cause === null ? '' : ", cause {$result->cause}";
        $text .= $result->message === null ? '' : ": {$result->message}";
        $text .= $result->isAnswered() && $result->channel !== null ? ": {$result->channel}" : '';
        $console->line(
            new Span(strtr($result->outcome->value, '_', ' '), $result->isAnswered() ? Style::Green : Style::Yellow),
            $text,
        );
    }

    private static function codeOf(AmiException $error, Console $console): int
    {
        if ($error instanceof ActionTimeoutException || $error instanceof AwaitTimeoutException) {
            $console->error('ami: ' . self::UNTOLD);

            return self::TIMED_OUT;
        }

        return $error instanceof ActionNotSentException || $error instanceof InvalidConnectionStateException
            ? self::NOT_CONNECTED
            : self::FAILED;
    }
}
