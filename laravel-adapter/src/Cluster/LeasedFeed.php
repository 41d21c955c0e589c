<?php

declare(strict_types=1);

namespace Apn\AmiClient\Laravel\Cluster;

use Apn\AmiClient\AmiEvent;
use Apn\AmiClient\Laravel\Routing\Route;
use Apn\AmiClient\Laravel\Worker\Feed;

/**
 * A feed by a lease, which can change hands. While its server is taken over from another worker, its events are kept back;
 * while it is handed over, the last events delivered are remembered.
 */
final class LeasedFeed extends Feed
{
    private const int TAIL_MAX = 20_000;

    /** When the lease ends, by Worker::now(). */
    public float $validUntil = 0.0;
    /** @var ?array{float, string} Unix time from which on events may be missing, and why: told once the session is Ready */
    public ?array $gap = null;

    /** @var ?list<array{string, string}> name and fingerprint of what was delivered since record() */
    private ?array $tail = null;
    private ?EventBuffer $buffer = null;

    /** Keeps back the events to come until release(). */
    public function hold(): void
    {
        $this->buffer = new EventBuffer();
    }

    /** Begins or goes on under a lease: the session stays, and the ids of its events change with the fence. */
    public function lease(int $fence, float $validUntil): void
    {
        $this->term = (string) $fence;
        $this->validUntil = $validUntil;
    }

    /**
     * Delivers what was kept back and is not in the tail of the old holder.
     *
     * @param list<array{string, string}> $tail
     * @param list<string> $theirs
     *
     * @return array{int, bool} how many events the old holder had delivered, and whether all others could be kept
     */
    public function release(array $tail, array $theirs): array
    {
        $buffer = $this->buffer ?? new EventBuffer();
        $forgotten = $buffer->align($tail, $theirs, $this->names());
        $this->buffer = null;
        $buffer->release($this->deliver(...));

        return [$forgotten, !$buffer->isIncomplete];
    }

    public function record(bool $isOn = true): void
    {
        $this->tail = $isOn ? [] : null;
    }

    /**
     * Delivers nothing any more, and returns what was delivered since record(). The session stays open for the actions on it.
     *
     * @return list<array{string, string}>
     */
    public function cut(): array
    {
        $this->unsubscribe();

        return $this->tail ?? [];
    }

    protected function receive(Route $route, AmiEvent $event): void
    {
        $this->buffer === null ? $this->deliver($route, $event) : $this->buffer->add($route, $event);
    }

    protected function delivered(AmiEvent $event): void
    {
        $fingerprint = $this->tail === null ? null : EventBuffer::fingerprint($event);
        if ($fingerprint !== null) {
            $this->tail[] = [$event->name, $fingerprint];
            if (count($this->tail) > (2 * self::TAIL_MAX)) {
                $this->tail = array_slice($this->tail, -self::TAIL_MAX);
            }
        }
    }
}
