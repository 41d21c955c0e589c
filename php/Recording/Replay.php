<?php

declare(strict_types=1);

namespace Apn\AmiClient\Recording;

use Apn\AmiClient\Testing\FakeAsterisk;

/**
 * Replays a recording to a manager in a test, event by event:
 *
 *     $fake = new FakeAsterisk(['pbx1']);
 *     $replay = new Replay('calls.jsonl');
 *     $replay->answer($fake);
 *     while ($replay->step($fake)) {
 *         $manager->tick();
 *     }
 *
 * The fake must have the servers of the recording.
 */
final class Replay
{
    /** @var \Generator<int, Entry> */
    private readonly \Generator $entries;

    private float $now = 0.0;

    public function __construct(
        private readonly string $file,
    ) {
        $this->entries = RecordingFile::read($file);
    }

    /**
     * Makes the fake give the recorded answers. Actions of one name get their answers in order, and the last answer is repeated.
     *
     * @throws \UnexpectedValueException if the file is not a recording
     */
    public function answer(FakeAsterisk $fake): void
    {
        foreach (Answer::all($this->file) as $server => $actions) {
            foreach ($actions as $answers) {
                $given = array_values(array_filter(
                    $answers,
                    static fn(Answer $answer): bool => $answer->response !== null,
                ));
                if ($given !== []) {
                    $fake->respond($given[0]->action, self::inTurn($given), $server);
                }
            }
        }
    }

    /**
     * Moves the fake's time to the next event and emits the event.
     *
     * @return bool false at the end of the recording
     *
     * @throws \UnexpectedValueException if the file is not a recording
     */
    public function step(FakeAsterisk $fake): bool
    {
        while (($entry = $this->entries->current()) !== null) {
            $this->entries->next();
            if ($entry->event === null) {
                continue;
            }
            $fake->advance(max(0.0, $entry->at - $this->now));
            $this->now = max($this->now, $entry->at);
            $name = (string) $entry->event->first('Event');
            $fake->emit($entry->server, $name, $entry->event->without('Event')->toArray());

            return true;
        }

        return false;
    }

    /**
     * @param non-empty-list<Answer> $answers
     *
     * @return \Closure(): array<string, mixed>
     */
    private static function inTurn(array $answers): \Closure
    {
        return static function () use (&$answers): array {
            $answer = $answers[0];
            if (count($answers) > 1) {
                array_shift($answers);
            }

            return $answer->toArray();
        };
    }
}
