<?php

declare(strict_types=1);

namespace Apn\AmiClient\Laravel\Worker;

/** What `ami:listen` was asked for. */
final readonly class ListenRequest
{
    /**
     * @param ?list<string> $servers null for all configured
     * @param bool $isShared the servers are shared with other workers
     * @param bool $isForced takes servers from whoever holds them
     * @param list<string> $events only these; [] for what the listeners need
     * @param ?string $metrics address and port of the metrics
     * @param int $tickMs longest wait of one tick
     * @param int $maxSeconds 0 for no end
     * @param int $maxIterations turns of the loop; 0 for no end
     * @param int $memoryBytesMax resident memory; 0 for no bound
     * @param bool $once ends with the first event
     * @param int $timeout seconds that a listener may take; 0 for no bound
     */
    public function __construct(
        public ?array $servers,
        public bool $isShared,
        public bool $isForced,
        public array $events,
        public ?string $metrics,
        public int $tickMs,
        public int $maxSeconds,
        public int $maxIterations,
        public int $memoryBytesMax,
        public bool $once,
        public int $timeout,
    ) {}
}
