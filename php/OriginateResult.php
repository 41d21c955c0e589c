<?php

declare(strict_types=1);

namespace Apn\AmiClient;

use Apn\AmiClient\Events\EventName;
use Apn\AmiClient\Events\Header;

/**
 * The outcome of an Originate.
 *
 * In most cases the answer is sufficient. The hang-up cause is in the Hangup events of the channel and, for a Local channel, of its second half.
 * These events come before or after the answer. They have the Originate's channelId as Linkedid:
 *
 *     $manager->onEvent(EventName::Hangup, $collect, where: ['Linkedid' => $originate->channelId]);
 */
final readonly class OriginateResult
{
    private function __construct(
        public OriginateOutcome $outcome,
        /** Q.850 cause. Null if it is not known. */
        public ?int $cause,
        /** Name of the channel, or the dial string if no channel was made. */
        public ?string $channel,
        public ?string $uniqueId,
        /** Message of Asterisk if it refused the Originate. */
        public ?string $message,
    ) {}

    /**
     * Reads the outcome from the answer and the Hangup events.
     *
     * @param Response|AmiEvent $answer the response to an Originate, or an OriginateResponse event. If a synchronous Originate failed, it is the response
     * of the ActionErrorResponseException.
     * @param AmiEvent ...$hangups Hangup events of the call, if there were any; other events are ignored
     *
     * @throws \InvalidArgumentException if the answer is not that of an Originate, or ended before OriginateResponse came
     */
    public static function of(Response|AmiEvent $answer, AmiEvent ...$hangups): self
    {
        $event = $answer instanceof Response ? $answer->getCompleteEvent() : $answer;
        if ($event !== null) {
            return self::ofEvent($event, $hangups);
        }
        if (!$answer instanceof Response || $answer->partial) {
            throw new \InvalidArgumentException(
                'the answer ended before OriginateResponse came: the call may still be answered',
            );
        }
        $far = self::farHangup($hangups, null);

        return new self(
            // Without Async the response comes after the call was answered or has failed.
            outcome: $answer->success
                ? OriginateOutcome::Answered
                : OriginateOutcome::ofCause($far?->int(Header::Cause)),
            cause: self::cause($far),
            channel: $far?->known(Header::Channel),
            uniqueId: $far?->known(Header::LinkedId),
            message: $answer->success ? null : $answer->getMessage(),
        );
    }

    public function isAnswered(): bool
    {
        return $this->outcome === OriginateOutcome::Answered;
    }

    /** @param array<AmiEvent> $hangups */
    private static function ofEvent(AmiEvent $event, array $hangups): self
    {
        if (strcasecmp($event->name, EventName::OriginateResponse) !== 0) {
            throw new \InvalidArgumentException(
                "an Originate ends with OriginateResponse, this ended with {$event->name}",
            );
        }
        $uniqueId = $event->known(Header::UniqueId);
        $far = self::farHangup($hangups, $uniqueId);
        $outcome = OriginateOutcome::ofReason($event->int(Header::Reason));
        if ($outcome === OriginateOutcome::Failed) {
            // Reason is 0 if the second half of a Local channel hung up by itself. The cause of that half is more precise.
            $outcome = OriginateOutcome::ofCause($far?->int(Header::Cause));
        }

        return new self(
            outcome: $outcome,
            cause: self::cause($far) ?? self::impliedCause($outcome),
            channel: $event->known(Header::Channel),
            uniqueId: $uniqueId,
            message: null,
        );
    }

    /**
     * Finds the Hangup event with the cause. The first half of a Local channel mostly has 0, its second half has the cause.
     *
     * @param array<AmiEvent> $hangups
     */
    private static function farHangup(array $hangups, ?string $uniqueId): ?AmiEvent
    {
        $far = null;
        foreach ($hangups as $hangup) {
            $isOther =
                $uniqueId !== null
                && $hangup->get(Header::LinkedId) !== $uniqueId
                && $hangup->get(Header::UniqueId) !== $uniqueId;
            if (strcasecmp($hangup->name, EventName::Hangup) !== 0 || $isOther) {
                continue;
            }
            if ($far === null || self::cause($far) === null) {
                $far = $hangup;
            }
        }

        return $far;
    }

    private static function cause(?AmiEvent $hangup): ?int
    {
        $cause = $hangup?->int(Header::Cause);

        return $cause === 0 ? null : $cause;
    }

    /**
     * The cause that the outcome implies. Busy has one cause. NoAnswer has two, but 26 means "answered elsewhere", which does not happen to an Originate.
     */
    private static function impliedCause(OriginateOutcome $outcome): ?int
    {
        return match ($outcome) {
            OriginateOutcome::Busy => 17,
            OriginateOutcome::NoAnswer => 19,
            default => null,
        };
    }
}
