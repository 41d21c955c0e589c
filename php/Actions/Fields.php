<?php

declare(strict_types=1);

namespace Apn\AmiClient\Actions;

/**
 * How the action classes turn PHP values into what Asterisk reads.
 *
 * @internal
 */
final class Fields
{
    /**
     * @param array<string, scalar|list<scalar>|array<string, scalar>|null> $fields
     *
     * @return array<string, scalar|list<scalar>|array<string, scalar>> without what was left out
     */
    public static function sent(array $fields): array
    {
        $sent = [];
        foreach ($fields as $header => $value) {
            if ($value !== null && $value !== []) {
                $sent[$header] = $value;
            }
        }

        return $sent;
    }

    public static function bool(?bool $value, string $yes, string $no): ?string
    {
        return match ($value) {
            null => null,
            true => $yes,
            false => $no,
        };
    }

    /** @param list<string> $values */
    public static function joined(array $values, string $separator): ?string
    {
        return $values === [] ? null : implode($separator, $values);
    }

    /**
     * One header a variable, its value literal: Asterisk splits at commas and eats quotes and backslashes (astman_get_variables in
     * main/manager.c). The client does this by itself for Originate and MessageSend only.
     *
     * @param array<string, scalar> $variables
     *
     * @return list<string>
     */
    public static function assignments(array $variables): array
    {
        $assignments = [];
        foreach ($variables as $name => $value) {
            $assignments[] = $name . '=' . addcslashes((string) $value, '\\",');
        }

        return $assignments;
    }

    private function __construct() {}
}
