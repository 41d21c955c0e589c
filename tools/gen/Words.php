<?php

declare(strict_types=1);

namespace Apn\AmiClient\Tools;

/** Converts header names of Asterisk to PHP names. */
final class Words
{
    /** Converts CallerID to callerId, DAHDIChannel to dahdiChannel, Content-Type to contentType, Uniqueid to uniqueId. */
    public static function camel(string $header): string
    {
        return lcfirst(self::pascal($header));
    }

    /** Like camel(), with a capital first letter. 100rel becomes Rel100, because a name cannot begin with a digit. */
    public static function pascal(string $header): string
    {
        $header = (string) preg_replace('/^(\d+)([a-z]+)/', '$2$1', $header);
        $words = [];
        preg_match_all('/[A-Z]+(?![a-z])\d*|[A-Z]?[a-z]+\d*|\d+/', $header, $words);
        $name = implode('', array_map(static fn(string $word): string => ucfirst(strtolower($word)), $words[0]));

        // Asterisk writes some ids in lower case.
        return (string) preg_replace('/(?<=Unique|Linked|Call|Client|Tenant)id\b/', 'Id', $name);
    }

    /** @param array<string> $words "a", "a and b", "a, b and c" */
    public static function enumeration(array $words): string
    {
        $last = (string) array_pop($words);

        return $words === [] ? $last : implode(', ', $words) . " and {$last}";
    }
}
