<?php

declare(strict_types=1);

namespace Apn\AmiClient\Laravel\Cluster;

use Apn\AmiClient\AmiEvent;
use Apn\AmiClient\Laravel\Routing\Route;
use Apn\AmiClient\Laravel\Worker\Feed;

/**
 * A feed that can change hands. While its server is taken over from another worker, its events are kept back; while it is
 * handed over, the last events delivered are remembered.
 */
final class LeasedFeed extends Feed
{
    private const int TAIL_MAX = 20_000;

    /** @var ?list<array{string, string}> name and fingerprint of what was delivered since record() */
    private ?array $tail = null;
    private int $tailSaved = 0;
    private ?EventBuffer $buffer = null;

    /** Keeps back the events to come until release(). */
    public function hold(): void
    {
        $this->buffer = new EventBuffer();
    }

    /** Goes on under another term: the session stays, and its ids change. */
    public function rename(string $term): void
    {
        $this->term = $term;
    }

    /**
     * Delivers under the new term what was kept back and is not in the tail of the old holder.
     *
     * @param list<array{string, string}> $tail
     * @param list<string> $theirs
     *
     * @return array{forgotten: int, isComplete: bool}
     */
    public function release(string $term, array $tail = [], array $theirs = []): array
    {
        $this->term = $term;
        $buffer = $this->buffer ?? new EventBuffer();
        $forgotten = $buffer->align($tail, $theirs, $this->names());
        $this->buffer = null;
        $buffer->release($this->deliver(...));

        return ['forgotten' => $forgotten, 'isComplete' => !$buffer->isIncomplete];
    }

    public function record(): void
    {
        $this->tail = [];
        $this->tailSaved = 0;
    }

    public function stopRecording(): void
    {
        $this->tail = null;
    }

    /** @return list<array{string, string}> what was remembered since the last call */
    public function unsavedTail(): array
    {
        $unsaved = array_slice($this->tail ?? [], $this->tailSaved);
        $this->tailSaved = count($this->tail ?? []);

        return $unsaved;
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
        if ($this->buffer !== null) {
            $this->buffer->add($route, $event);
        } else {
            $this->deliver($route, $event);
        }
    }

    protected function delivered(AmiEvent $event): void
    {
        if ($this->tail === null) {
            return;
        }
        $fingerprint = EventBuffer::fingerprint($event);
        if ($fingerprint !== null) {
            $this->tail[] = [$event->name, $fingerprint];
        }
        $extra = count($this->tail) - (2 * self::TAIL_MAX);
        if ($extra > 0) {
            $this->tail = array_slice($this->tail, -self::TAIL_MAX);
            $this->tailSaved = max(0, $this->tailSaved - $extra - self::TAIL_MAX);
        }
    }
}
