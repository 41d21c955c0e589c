<?php

declare(strict_types=1);

namespace Apn\AmiClient\Recording;

use Apn\AmiClient\Testing\FakeAsterisk;

/**
 * Plays a recording back to a manager in a test, event by event:
 *
 *     $fake = new FakeAsterisk(['pbx1']);
 *     $replay = new Replay('calls.jsonl');
 *     $replay->answer($fake);
 *     while ($replay->step($fake)) {
 *         $manager->tick();
 *     }
 *
 * The fake needs the servers that the recording has.
 */
final class Replay
{
    /** @var \Generator<int, array<string, mixed>> */
    private \Generator $entries;

    private float $now = 0.0;

    public function __construct(
        private readonly string $file,
    ) {
        $this->entries = RecordingFile::read($file);
    }

    /** Makes the fake answer the actions of the recording as they were answered: in their order by name, the last answer again and again. */
    public function answer(FakeAsterisk $fake): void
    {
        foreach (Answers::of($this->file)->byServer as $server => $actions) {
            foreach ($actions as $action => $answers) {
                $fake->respond($action, self::inTurn($answers), $server);
            }
        }
    }

    /**
     * Moves the fake's clock to the next event and emits it.
     *
     * @return bool false at the end of the recording
     */
    public function step(FakeAsterisk $fake): bool
    {
        while ($this->entries->valid()) {
            $entry = $this->entries->current();
            $this->entries->next();
            if (!isset($entry['event'])) {
                continue;
            }
            $fake->advance(max(0.0, (float) $entry['at'] - $this->now));
            $this->now = max($this->now, (float) $entry['at']);
            $name = (string) Headers::first($entry['event'], 'Event');
            $fake->emit((string) $entry['server'], $name, Headers::toArray(Headers::without($entry['event'], 'Event')));

            return true;
        }

        return false;
    }

    /**
     * @param non-empty-list<array<string, mixed>> $answers
     *
     * @return \Closure(): array<string, mixed>
     */
    private static function inTurn(array $answers): \Closure
    {
        return static function () use (&$answers): array {
            return count($answers) > 1 ? array_shift($answers) : $answers[0];
        };
    }
}
