<?php

declare(strict_types=1);

namespace Apn\AmiClient\Laravel\Remote;

use Apn\AmiClient\Action;
use Apn\AmiClient\ActionSender;
use Apn\AmiClient\Exception\ActionNotSentException;
use Apn\AmiClient\Exception\BackpressureException;
use Apn\AmiClient\Exception\NoServerAvailableException;
use Apn\AmiClient\Laravel\Records\Records;

/** One server, spoken to by way of the worker that holds it: no session of this process, no login, no events. */
final readonly class RemoteServer implements ActionSender
{
    private const float DEADLINE_SECONDS = 5.0;
    private const float DEDUPE_SECONDS = 3_600.0;

    public function __construct(
        public string $serverKey,
        private ActionQueue $queue,
        private Records $records,
    ) {}

    /**
     * Sends at most once, and never after the deadline. Where the worker dies with the action in its hands, await() throws
     * OutcomeUnknownException: it may have run. Nothing is ever sent again by itself.
     *
     * @param float $deadline seconds within which its first byte must have left
     * @param ?string $dedupeKey a second action of the same key is refused for an hour
     *
     * @throws NoServerAvailableException when no worker holds the server: nothing was sent
     * @throws ActionNotSentException when the dedupe key was used: nothing was sent
     * @throws BackpressureException when too many actions wait for the server: nothing was sent
     */
    public function send(
        Action $action,
        float $deadline = self::DEADLINE_SECONDS,
        ?string $dedupeKey = null,
    ): RemotePending {
        $id = bin2hex(random_bytes(10));
        [$state, $who, $ago] = [
            ...$this->queue->push(
                $this->serverKey,
                $id,
                ActionCodec::encodeAction($action),
                $deadline,
                $dedupeKey,
                self::DEDUPE_SECONDS,
            ),
            null,
            null,
        ];
        $what = "action `{$action->getName()}` was not sent to `{$this->serverKey}`";
        match ($state) {
            'queued' => null,
            'nobody' => throw new NoServerAvailableException(
                "$what: no worker holds it" . self::last($who, $ago) . '. Is ami:listen running?',
                $this->serverKey,
                $id,
            ),
            'full' => throw new BackpressureException(
                "$what: too many wait for its worker $who",
                $this->serverKey,
                $id,
            ),
            default => throw new ActionNotSentException(
                "$what: its dedupe key `$dedupeKey` was used " . round((float) $who) . ' s ago',
                $this->serverKey,
                $id,
            ),
        };

        return new RemotePending($id, $this->serverKey, $action->getName(), $deadline, $this->queue, $this->records);
    }

    private static function last(?string $owner, ?string $ago): string
    {
        return $owner === null ? ', and none ever did' : sprintf(', %s did until %.1f s ago', $owner, (float) $ago);
    }
}
