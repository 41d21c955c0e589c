<?php

declare(strict_types=1);

namespace Apn\AmiClient\Laravel\Worker;

/** How long a worker runs, and how it waits. */
final readonly class WorkerOptions
{
    /**
     * @param int $tickMs longest wait of one tick
     * @param float $grace seconds to say goodbye to the servers in
     * @param float $drainSeconds to give the servers away in, before that
     * @param float $maxTime seconds; 0 for no end
     * @param int $maxIterations turns of the loop; 0 for no end
     * @param int $memoryBytesMax resident memory; 0 for no bound
     * @param bool $once ends with the first event
     * @param int $timeout seconds that a listener may take; 0 for no bound
     */
    public function __construct(
        public int $tickMs = 250,
        public float $grace = 5.0,
        public float $drainSeconds = 15.0,
        public float $maxTime = 0.0,
        public int $maxIterations = 0,
        public int $memoryBytesMax = 0,
        public bool $once = false,
        public int $timeout = 0,
    ) {}
}
