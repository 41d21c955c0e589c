<?php

declare(strict_types=1);

namespace Apn\AmiClient\Recording;

use Apn\AmiClient\Action;

/**
 * The headers of a message in order, repeated ones included.
 *
 * @internal
 */
final readonly class Headers implements \JsonSerializable
{
    /** @param list<array{string, string}> $pairs name and value */
    public function __construct(
        public array $pairs,
    ) {}

    public static function ofAction(Action $action): self
    {
        $pairs = [['Action', $action->getName()]];
        foreach ($action->getParameters() as $header => $value) {
            foreach (is_array($value) ? $value : [$value] as $key => $item) {
                $text = is_bool($item) ? var_export($item, return: true) : (string) $item;
                $pairs[] = [$header, is_string($key) ? "{$key}={$text}" : $text];
            }
        }

        return new self($pairs);
    }

    /** @return self|null null if it is not a list of pairs of strings */
    public static function ofJson(mixed $value): ?self
    {
        if (!is_array($value) || !array_is_list($value)) {
            return null;
        }
        $pairs = [];
        foreach (array_keys($value) as $index) {
            $pair = is_array($value[$index]) ? $value[$index] : [];
            if (!is_string($pair[0] ?? null) || !is_string($pair[1] ?? null)) {
                return null;
            }
            $pairs[] = [$pair[0], $pair[1]];
        }

        return new self($pairs);
    }

    public function first(string $wanted): ?string
    {
        foreach ($this->pairs as [$name, $value]) {
            if (strcasecmp($name, $wanted) === 0) {
                return $value;
            }
        }

        return null;
    }

    public function without(string $unwanted): self
    {
        $pairs = [];
        foreach ($this->pairs as $pair) {
            if (strcasecmp($pair[0], $unwanted) !== 0) {
                $pairs[] = $pair;
            }
        }

        return new self($pairs);
    }

    /** @return array<string, string|list<string>> a list for a repeated header; without lines that have no colon, whose name is empty */
    public function toArray(): array
    {
        $names = [];
        $values = [];
        foreach ($this->pairs as [$name, $value]) {
            if ($name !== '') {
                $names[strtolower($name)] ??= $name;
                $values[strtolower($name)][] = $value;
            }
        }
        $headers = [];
        foreach ($names as $key => $name) {
            $headers[$name] = count($values[$key]) === 1 ? $values[$key][0] : $values[$key];
        }

        return $headers;
    }

    /** The message as it is sent, with the empty line at its end. */
    public function toWire(?string $actionId = null): string
    {
        $lines = array_map(static fn(array $pair): string => $pair[0] === ''
            ? $pair[1]
            : "{$pair[0]}: {$pair[1]}", $this->pairs);
        if ($actionId !== null) {
            // Asterisk writes the ActionID as the second header.
            array_splice($lines, 1, 0, ["ActionID: {$actionId}"]);
        }

        return implode("\r\n", $lines) . "\r\n\r\n";
    }

    /** @return list<array{string, string}> */
    public function jsonSerialize(): array
    {
        return $this->pairs;
    }
}
