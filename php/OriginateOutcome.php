<?php

declare(strict_types=1);

namespace Apn\AmiClient;

enum OriginateOutcome: string
{
    case Answered = 'answered';
    case Busy = 'busy';
    case NoAnswer = 'no_answer';
    /** No circuit was free, the call was rejected, or the destination is out of order. A later attempt may succeed. */
    case Congestion = 'congestion';
    case Failed = 'failed';

    /** The outcome for a `Reason` of OriginateResponse, which is a control frame of Asterisk (pbx_dial_reason, main/pbx.c). */
    public static function ofReason(?int $reason): self
    {
        return match ($reason) {
            3 => self::NoAnswer,
            4 => self::Answered,
            5 => self::Busy,
            8 => self::Congestion,
            default => self::Failed,
        };
    }

    /** The outcome for the Q.850 cause of a call that was not answered, as in pbx_dial_reason. */
    public static function ofCause(?int $cause): self
    {
        return match ($cause) {
            17 => self::Busy,
            19, 26 => self::NoAnswer,
            21, 27, 34, 38, 41, 42 => self::Congestion,
            default => self::Failed,
        };
    }
}
