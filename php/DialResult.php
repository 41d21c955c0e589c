<?php

declare(strict_types=1);

namespace Apn\AmiClient;

use Apn\AmiClient\Live\Call;
use Apn\AmiClient\Live\Outcome;

/**
 * What became of one number of a Dialer: it has either an outcome or an error.
 *
 * @template-covariant T
 */
final readonly class DialResult
{
    public function __construct(
        /** @var T the number, as it was given to the dialer */
        public mixed $data,
        /** Key of the server. */
        public string $server,
        /** Null where $error says why there is none. */
        public ?Outcome $outcome,
        /** Null where the live model saw none. */
        public ?Call $call,
        /**
         * Null where there is an outcome. AmiThrowable::isRetrySafe() is true where the number was surely not called.
         *
         * ActionErrorResponseException: the server refused it. OutcomeUnknownException, ActionTimeoutException: it may have been called.
         * LiveUnavailableException: it was called, and the live model does not see the call. AwaitTimeoutException: the dialer was stopped, and the
         * call goes on. Anything else was thrown when the Originate was made.
         */
        public ?\Throwable $error,
    ) {}

    /** True where somebody took the call. Where the Originate calls an agent first, this is the agent: Call::attempts() has the customer. */
    public function isAnswered(): bool
    {
        return $this->call?->isAnswered() ?? false;
    }

    /** Until it was answered, or ended; 0.0 where no phone rang. */
    public function ringSeconds(): float
    {
        return $this->call?->ringSeconds() ?? 0.0;
    }

    /** Since it was answered; 0.0 where it was not. */
    public function talkSeconds(): float
    {
        return $this->call?->talkSeconds() ?? 0.0;
    }

    /** The Q.850 cause; null where Asterisk gave none. */
    public function cause(): ?int
    {
        return $this->call?->cause();
    }
}
