<?php

declare(strict_types=1);

namespace Apn\AmiClient;

/** Uniqueids that a caller gives to channels, so that a call which never came to be can still be named. */
final class ChannelId
{
    /**
     * Begins with the time, as Asterisk's own do, and ends in 64 random bits. 27 characters: with the ";2" that Asterisk appends for a Local
     * channel's second half it still fits the 32 that many CDR tables have.
     */
    public static function generate(): string
    {
        return time() . '.' . bin2hex(random_bytes(8));
    }

    private function __construct() {}
}
