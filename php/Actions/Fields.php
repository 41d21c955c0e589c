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

    private function __construct() {}
}
