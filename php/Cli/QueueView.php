<?php

declare(strict_types=1);

namespace Apn\AmiClient\Cli;

use Apn\AmiClient\Live\DeviceState;
use Apn\AmiClient\Live\Queue;

/** A queue in numbers. Each member is counted once. */
final readonly class QueueView
{
    public int $waiting;

    /** Seconds that the first caller waits; 0.0 without callers. */
    public float $longest;

    /** Members that would get a call now. */
    public int $free;

    /** Members whose device is in use or rings. */
    public int $busy;
    public int $paused;

    /** All other members: their device cannot be reached, or its state is not known. */
    public int $away;

    public function __construct(Queue $queue)
    {
        $busy = $paused = $away = $free = 0;
        foreach ($queue->members() as $member) {
            if ($member->isPaused()) {
                ++$paused;
            } elseif ($member->isAvailable()) {
                ++$free;
            } elseif (in_array(
                $member->state(),
                [null, DeviceState::Unknown, DeviceState::Invalid, DeviceState::Unavailable],
                strict: true,
            )) {
                ++$away;
            } else {
                ++$busy;
            }
        }
        $this->waiting = count($queue->callers());
        $this->longest = $queue->longestWaitSeconds();
        $this->free = $free;
        $this->busy = $busy;
        $this->paused = $paused;
        $this->away = $away;
    }
}
