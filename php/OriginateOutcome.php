<?php

declare(strict_types=1);

namespace Apn\AmiClient;

enum OriginateOutcome: string
{
    case Answered = 'answered';
    case Busy = 'busy';
    case NoAnswer = 'no_answer';
    /** No circuit, a rejected call or a destination out of order: trying again later may help. */
    case Congestion = 'congestion';
    case Failed = 'failed';

    /** `Reason` of OriginateResponse: control frames of Asterisk, see pbx_dial_reason in main/pbx.c. */
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

    /** Q.850 cause of a call that was not answered, told apart as pbx_dial_reason does. */
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
