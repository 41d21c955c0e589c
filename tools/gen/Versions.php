<?php

declare(strict_types=1);

namespace Apn\AmiClient\Tools;

/** Major versions of Asterisk, written as "20-23" or "20 22 23" in the data files. */
final class Versions
{
    /** @return list<int> */
    public static function of(string $text): array
    {
        [$first, $last] = array_pad(explode('-', $text, 2), 2, null);

        return $last === null ? array_map(intval(...), explode(' ', $text)) : range((int) $first, (int) $last);
    }

    /** @param list<int> $versions */
    public static function words(array $versions): string
    {
        $first = $versions[0] ?? 0;
        $last = $versions[count($versions) - 1] ?? 0;

        return (
            count($versions) > 2 && ($last - $first) === (count($versions) - 1)
                ? "{$first} to {$last}"
                : Words::enumeration(array_map(strval(...), $versions))
        );
    }
}
