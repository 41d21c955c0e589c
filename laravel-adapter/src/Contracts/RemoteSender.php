<?php

declare(strict_types=1);

namespace Apn\AmiClient\Laravel\Contracts;

use Apn\AmiClient\Action;
use Apn\AmiClient\ActionSender;
use Apn\AmiClient\Exception\ActionNotSentException;
use Apn\AmiClient\Exception\BackpressureException;
use Apn\AmiClient\Exception\NoServerAvailableException;
use Apn\AmiClient\Exception\OutcomeUnknownException;
use Apn\AmiClient\Pending;

/**
 * One server, reached through the worker that holds it: no session of this process, no login, no events.
 *
 * Ami::to() has the container make it, with the parameter `server`.
 */
interface RemoteSender extends ActionSender
{
    /** How long a dedupe key is remembered. */
    public const float DEDUPE_SECONDS = 3_600.0;

    /**
     * Sends at most once, and never after the deadline. Where the worker dies with the action in its hands, await() throws
     * OutcomeUnknownException: it may have run. Nothing is ever sent again by itself.
     *
     * @param float $deadline seconds within which its first byte must have left
     * @param ?string $dedupeKey a second action of the same key is refused for an hour
     *
     * @throws NoServerAvailableException when no worker holds the server: nothing was sent
     * @throws ActionNotSentException when the dedupe key was used, or Redis is away: nothing was sent
     * @throws OutcomeUnknownException when Redis broke off in between: a worker may have it, until the deadline
     * @throws BackpressureException when too many actions wait for the server: nothing was sent
     */
    public function send(Action $action, float $deadline = 5.0, ?string $dedupeKey = null): Pending;

    /**
     * As send(), for an action whose answer nobody waits for: nothing is kept of it in Redis.
     *
     * @throws NoServerAvailableException|ActionNotSentException|OutcomeUnknownException|BackpressureException as send() does
     */
    public function sendWithoutReply(Action $action, float $deadline = 5.0, ?string $dedupeKey = null): void;
}
