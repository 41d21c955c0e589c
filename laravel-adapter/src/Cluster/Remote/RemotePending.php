<?php

declare(strict_types=1);

namespace Apn\AmiClient\Laravel\Cluster\Remote;

use Apn\AmiClient\Exception\ActionCancelledException;
use Apn\AmiClient\Exception\ActionNotSentException;
use Apn\AmiClient\Exception\AwaitTimeoutException;
use Apn\AmiClient\Exception\OutcomeUnknownException;
use Apn\AmiClient\Laravel\Records\Records;
use Apn\AmiClient\Laravel\Worker\Worker;
use Apn\AmiClient\Pending;
use Apn\AmiClient\Response;
use RedisException;
use Throwable;

/**
 * An action on its way by another process. Callbacks run when this process asks: in await() and isFinished().
 */
final class RemotePending implements Pending
{
    /** Longest single wait, after which the worker's record is looked for. */
    private const float SLICE_SECONDS = 1.0;
    /** Redis may be away for so long before nobody waits for an end any more. */
    private const float AWAY_SECONDS = 5.0;
    private const int AWAY_POLL_US = 50_000;

    private readonly float $deadlineAt;
    private Response|Throwable|null $end = null;
    private ?float $awaySince = null;

    /** @var list<callable(?Throwable, ?Response): void> */
    private array $callbacks = [];

    public function __construct(
        private readonly string $id,
        private readonly string $server,
        private readonly string $action,
        float $deadline,
        private readonly ActionQueue $queue,
        private readonly Records $records,
    ) {
        $this->deadlineAt = Worker::now() + $deadline;
    }

    public function getActionId(): string
    {
        return $this->id;
    }

    public function getServerKey(): string
    {
        return $this->server;
    }

    public function isFinished(): bool
    {
        $this->look(0.0);

        return $this->end !== null;
    }

    public function onComplete(callable $callback): static
    {
        $this->callbacks[] = $callback;
        $this->settle();

        return $this;
    }

    public function await(?float $timeout = null): Response
    {
        $until = Worker::now() + ($timeout ?? INF);
        while ($this->end === null) {
            $left = $until - Worker::now();
            if ($left <= 0.0) {
                $what = "no answer to `{$this->action}` from `{$this->server}` within $timeout s: it is still pending";
                throw new AwaitTimeoutException($what, $this->server, $this->id);
            }
            $toDeadline = $this->deadlineAt - Worker::now();
            $slice = $toDeadline > 0.0 ? max(0.01, $toDeadline) : self::SLICE_SECONDS;
            $this->look(min($left, $slice, self::SLICE_SECONDS));
        }

        return $this->end instanceof Response ? $this->end : throw $this->end;
    }

    public function getResponse(): ?Response
    {
        return $this->end instanceof Response ? $this->end : null;
    }

    public function getException(): ?Throwable
    {
        return $this->end instanceof Throwable ? $this->end : null;
    }

    public function cancel(): bool
    {
        if ($this->isFinished()) {
            return false;
        }
        $this->queue->cancel($this->id);
        $this->finish(new ActionCancelledException("`{$this->action}` was cancelled", $this->server, $this->id));

        return true;
    }

    private function look(float $seconds): void
    {
        if ($this->end !== null) {
            return;
        }
        try {
            $end = $this->queue->end($this->id, $seconds);
            if ($end !== null) {
                $this->finish(ActionCodec::decodeEnd($end, $this->server));
            } elseif (Worker::now() >= $this->deadlineAt) {
                $this->afterDeadline();
            }
            $this->awaySince = null;
        } catch (RedisException $away) {
            $this->awaySince ??= Worker::now();
            if (Worker::now() >= max($this->deadlineAt, $this->awaySince + self::AWAY_SECONDS)) {
                $this->finish($this->unknown("Redis was lost ({$away->getMessage()})"));
            } elseif ($seconds > 0.0) {
                usleep(self::AWAY_POLL_US);
            }
        }
    }

    /** From here on it is either in a worker's hands or will never be. */
    private function afterDeadline(): void
    {
        [$state, $worker] = $this->queue->cancel($this->id);
        if ($state === 'expired') {
            $why = "no worker took it before its deadline{$this->why()}";
            $what = "action `{$this->action}` was not sent to `{$this->server}`: $why";
            $this->finish(new ActionNotSentException($what, $this->server, $this->id));
        } elseif ($state !== 'taken' || !isset($this->records->members()[(string) $worker])) {
            $end = $this->queue->end($this->id, 0.0);
            $why = match ($state) {
                'done' => 'its answer is no longer in Redis',
                'taken' => "the worker $worker that took it does not report any more",
                default => 'it is no longer in Redis',
            };
            $this->finish($end !== null ? ActionCodec::decodeEnd($end, $this->server) : $this->unknown($why));
        }
    }

    /** What keeps the worker that holds the server from taking actions, as far as it has told. */
    private function why(): string
    {
        foreach ($this->records->workers() as $worker => $record) {
            $held = $record['servers'][$this->server] ?? null;
            if ($held !== null && $held['state'] !== 'ready') {
                $reason = $held['last_reason'] === null ? '' : " ({$held['last_reason']})";

                return ", the session of $worker is {$held['state']}$reason";
            }
            if ($held !== null && $record['paused']) {
                return ", $worker is paused";
            }
        }

        return '';
    }

    private function unknown(string $why): OutcomeUnknownException
    {
        $what = "`{$this->action}` on `{$this->server}`: $why, it may have run";

        return new OutcomeUnknownException($what, $this->server, $this->id);
    }

    private function finish(Response|Throwable $end): void
    {
        $this->end = $end;
        $this->settle();
    }

    private function settle(): void
    {
        [$callbacks, $this->callbacks] = $this->end === null ? [[], $this->callbacks] : [$this->callbacks, []];
        foreach ($callbacks as $callback) {
            $callback($this->getException(), $this->getResponse());
        }
    }
}
