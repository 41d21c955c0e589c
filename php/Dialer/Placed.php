<?php

declare(strict_types=1);

namespace Apn\AmiClient\Dialer;

use Apn\AmiClient\Live\PendingCall;

/**
 * A call that a dialer has asked for and has no result of.
 *
 * @internal of Dialer
 *
 * @template T
 */
final class Placed
{
    /** When its Originate was seen to have ended before its call was seen. */
    public ?float $unseenSince = null;

    /** The server took it. */
    public bool $isConfirmed = false;

    public function __construct(
        /** @var T */
        public readonly mixed $data,
        public readonly PendingCall $pending,
        public readonly Server $server,
        public readonly float $at,
    ) {}
}
