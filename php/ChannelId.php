<?php

declare(strict_types=1);

namespace Apn\AmiClient;

/** Makes Uniqueids for new channels, so that a program can identify a call whose channel was never made. */
final class ChannelId
{
    /**
     * Returns the Unix time, as in Asterisk's own ids, a dot and 64 random bits in hex. It has 27 characters. With the ";2" that Asterisk appends for
     * the second half of a Local channel it fits the 32 characters of many CDR tables.
     */
    public static function generate(): string
    {
        return time() . '.' . bin2hex(random_bytes(8));
    }

    private function __construct() {}
}
