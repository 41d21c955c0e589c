<?php

declare(strict_types=1);

namespace Apn\AmiClient\Recording;

use Apn\AmiClient\Action;

/**
 * Headers as pairs of name and value, the form that keeps their order and repeats.
 *
 * @internal
 */
final class Headers
{
    /** @return list<array{string, string}> */
    public static function ofAction(Action $action): array
    {
        $pairs = [['Action', $action->getName()]];
        foreach ($action->getParameters() as $header => $value) {
            foreach (is_array($value) ? $value : [$value] as $key => $item) {
                $text = is_bool($item) ? ($item ? 'true' : 'false') : (string) $item;
                $pairs[] = [$header, is_string($key) ? "{$key}={$text}" : $text];
            }
        }

        return $pairs;
    }

    /**
     * @param list<array{string, string}> $pairs
     *
     * @return array<string, string|list<string>> repeats as lists, lines without a colon left out
     */
    public static function toArray(array $pairs): array
    {
        $names = [];
        $values = [];
        foreach ($pairs as [$name, $value]) {
            $key = strtolower($name);
            if ($key !== '') {
                $names[$key] ??= $name;
                $values[$key][] = $value;
            }
        }
        $headers = [];
        foreach ($names as $key => $name) {
            $headers[$name] = count($values[$key]) === 1 ? $values[$key][0] : $values[$key];
        }

        return $headers;
    }

    /** @param list<array{string, string}> $pairs */
    public static function first(array $pairs, string $wanted): ?string
    {
        foreach ($pairs as [$name, $value]) {
            if (strcasecmp($name, $wanted) === 0) {
                return $value;
            }
        }

        return null;
    }

    /**
     * @param list<array{string, string}> $pairs
     *
     * @return list<array{string, string}>
     */
    public static function without(array $pairs, string $unwanted): array
    {
        return array_values(array_filter(
            $pairs,
            static fn(array $pair): bool => strcasecmp($pair[0], $unwanted) !== 0,
        ));
    }
}
