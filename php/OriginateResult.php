<?php

declare(strict_types=1);

namespace Apn\AmiClient;

use Apn\AmiClient\Events\EventName;
use Apn\AmiClient\Events\Header;

/**
 * What became of an Originate.
 *
 * The answer alone tells most. The hang-up cause is in the Hangup events of the channel and, for a Local channel, of its second half; they
 * come before or after the answer. Both have the Originate's channelId as Linkedid:
 *
 *     $manager->onEvent(EventName::Hangup, $collect, where: ['Linkedid' => $originate->channelId]);
 */
final readonly class OriginateResult
{
    private function __construct(
        public OriginateOutcome $outcome,
        /** Q.850 cause; null where it is not known. */
        public ?int $cause,
        /** The channel's name; the dial string where no channel came to be. */
        public ?string $channel,
        public ?string $uniqueId,
        /** What Asterisk said to an Originate that it refused. */
        public ?string $message,
    ) {}

    /**
     * @param Response|AmiEvent $answer the response to an Originate, with the OriginateResponse event that ends an asynchronous one, or that
     * event alone. A synchronous Originate that failed throws ActionErrorResponseException, whose response belongs here.
     * @param AmiEvent ...$hangups Hangup events of the same call, if any came; others are ignored
     *
     * @throws \InvalidArgumentException where the answer is not that of an Originate, or ended before OriginateResponse came
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
            // Without Async the response comes when the call was answered, or failed.
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
            // Reason is 0 also where the second half of a Local channel hung up by itself: its cause says more.
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
     * The hangup that tells the cause. The first half of a Local channel mostly says 0, its second half what happened.
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

    /** Only one cause leads to Busy, and for NoAnswer the other one is a call answered elsewhere, which an Originate cannot be. */
    private static function impliedCause(OriginateOutcome $outcome): ?int
    {
        return match ($outcome) {
            OriginateOutcome::Busy => 17,
            OriginateOutcome::NoAnswer => 19,
            default => null,
        };
    }
}
