<?php

declare(strict_types=1);

use Apn\AmiClient\AmiEvent;
use Apn\AmiClient\OriginateOutcome;
use Apn\AmiClient\OriginateResult;
use Apn\AmiClient\Response;

/**
 * A call on its way, of one who places many: its answer, and the hangups that belong to it.
 *
 * Keep calls by Originate::$channelId, give the answer to end() and each Hangup with that Linkedid to $hangups, and ask result() now and then.
 */
final class Call
{
    /** How long after the answer a hangup is waited for that tells more than the answer. */
    private const float HANGUP_SECONDS = 1.0;

    /** @var list<AmiEvent> */
    public array $hangups = [];

    /** What kept the call from having a result. */
    public private(set) ?Throwable $error = null;
    private ?Response $answer = null;
    private float $until = INF;

    public function __construct(
        public readonly string $channel,
        public readonly string $server,
    ) {}

    /** For Pending::onComplete(). */
    public function end(?Throwable $error, ?Response $answer): void
    {
        $this->error = $error;
        $this->answer = $answer;
        $this->until = microtime(true) + self::HANGUP_SECONDS;
    }

    /** What became of it; null while that is not known. */
    public function result(): ?OriginateResult
    {
        if ($this->answer === null) {
            return null;
        }
        $result = OriginateResult::of($this->answer, ...$this->hangups);
        $isVague = $result->outcome === OriginateOutcome::Failed && $result->cause === null;

        return $isVague && microtime(true) < $this->until ? null : $result;
    }
}
