<?php

declare(strict_types=1);

namespace Apn\AmiClient\Laravel\Bridge;

/** An entry of the stream as it was given to a consumer. */
final readonly class Delivery
{
    /**
     * @param string $id of the stream's entry
     * @param ?Entry $entry null where it is none of ours
     * @param int $count deliveries of this entry to its group, this one included
     */
    public function __construct(
        public string $id,
        public string $json,
        public ?Entry $entry,
        public int $count,
    ) {}
}
