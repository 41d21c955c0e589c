<?php

declare(strict_types=1);

namespace Apn\AmiClient\Laravel\Cluster;

use Apn\AmiClient\AmiEvent;

/**
 * Finds where two sessions of one server overlap.
 *
 * Asterisk queues its events once and gives them to every session in the same order, so the last events that the old
 * session delivered are the first that the new one saw. Only the greeting is a session's own; answers to actions are no
 * events here.
 */
final class Alignment
{
    /** Null for an event that only its own session sees. */
    public static function fingerprint(AmiEvent $event): ?string
    {
        return strcasecmp($event->name, 'FullyBooted') === 0
            ? null
            : hash('xxh128', serialize($event->getRawHeaders()));
    }

    /**
     * How many of the new session's events the old one delivered already: the longest beginning of $new that is an end of $old.
     *
     * @param list<string> $old fingerprints from before the new session's login on
     * @param list<?string> $new
     */
    public static function overlap(array $old, array $new): int
    {
        $comparable = array_filter($new, is_string(...));
        $places = array_keys($comparable);
        $comparable = array_values($comparable);
        for ($length = min(count($old), count($comparable)); $length > 0; --$length) {
            // The cheap comparison first: nearly every length fails by it.
            if (
                $comparable[$length - 1] === $old[count($old) - 1]
                && array_slice($old, -$length) === array_slice($comparable, 0, $length)
            ) {
                return $places[$length - 1] + 1;
            }
        }

        return 0;
    }
}
