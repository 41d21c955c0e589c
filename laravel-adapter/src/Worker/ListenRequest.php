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
     */
    public function __construct(
        public ?array $servers,
        public bool $isShared = false,
        public bool $isForced = false,
        public array $events = [],
        public ?string $metrics = null,
    ) {}
}
