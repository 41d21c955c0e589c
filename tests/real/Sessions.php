<?php

declare(strict_types=1);

namespace Apn\AmiClient\Tests\Real;

use Apn\AmiClient\AmiClient;
use Apn\AmiClient\ConnectionState;
use Apn\AmiClient\DisconnectReason;
use Apn\AmiClient\Gap;

/** The history of the sessions of one server. */
final class Sessions
{
    /** @var list<ConnectionState> in which the server has been, since this watches */
    public private(set) array $states = [];

    /** @var list<DisconnectReason|null> why Ready sessions ended */
    public private(set) array $ends = [];

    /** @var list<DisconnectReason|null> why every attempt and session ended */
    public private(set) array $reasons = [];

    /** @var list<string> the same in words */
    public private(set) array $details = [];

    /** @var list<Gap> */
    public private(set) array $gaps = [];

    public static function of(AmiClient $client): self
    {
        $sessions = new self();
        $client->onStateChange($sessions->onStateChange(...));
        $client->onGap(static function (Gap $gap) use ($sessions): void {
            $sessions->gaps[] = $gap;
        });

        return $sessions;
    }

    private function __construct() {}

    private function onStateChange(
        string $_,
        ConnectionState $from,
        ConnectionState $to,
        ?DisconnectReason $reason,
        string $detail,
    ): void {
        $this->states[] = $to;
        if ($from === ConnectionState::Ready) {
            $this->ends[] = $reason;
        }
        if ($to === ConnectionState::Disconnected) {
            $this->reasons[] = $reason;
            $this->details[] = $detail;
        }
    }
}
