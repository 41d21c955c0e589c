<?php

declare(strict_types=1);

namespace Apn\AmiClient\Recording;

/**
 * Takes out of messages what must not be shown: values of headers and of channel variables with a secret name.
 *
 * Names are those of Asterisk's own secrets, and those given, which may have *. Case does not matter.
 */
final readonly class Redactor
{
    public const string REDACTED = '***';

    private const array SECRET = [
        '*secret*',
        '*password*',
        'md5cred',
        'refreshtoken',
        'challenge',
        'receivedhash',
        'expectedresponse',
    ];

    private string $pattern;

    /** @param list<string> $keys as ClusterOptions::$redactionKeys */
    public function __construct(array $keys = [])
    {
        $patterns = array_map(static fn(string $key): string => str_replace(
            '\*',
            '.*',
            preg_quote($key, '/'),
        ), [
            ...self::SECRET,
            ...$keys,
        ]);
        $this->pattern = '/^(?:' . implode('|', $patterns) . ')$/Dis';
    }

    public function headers(Headers $headers): Headers
    {
        $hidesValue = false;
        foreach ($headers->pairs as [$name, $value]) {
            // VarSet and Setvar name the variable in one header and its value in another.
            $hidesValue = $hidesValue || strcasecmp($name, 'Variable') === 0 && $this->hides($value);
        }
        $shown = [];
        foreach ($headers->pairs as [$name, $value]) {
            $isHidden = $hidesValue && strcasecmp($name, 'Value') === 0;
            $shown[] = [$name, $isHidden ? self::REDACTED : $this->shown($name, $value)];
        }

        return new Headers($shown);
    }

    private function hides(string $name): bool
    {
        return preg_match($this->pattern, $name) === 1;
    }

    /** A variable is hidden by its own name wherever it is assigned: `Variable: PIN=1`, `AppData: PIN=1`. */
    private function shown(string $name, string $value): string
    {
        if ($this->hides($name)) {
            return self::REDACTED;
        }
        $variable = strstr($value, '=', before_needle: true);
        if ($variable === false || !$this->hides(ltrim($variable, '_'))) {
            return $value;
        }

        return "{$variable}=" . self::REDACTED;
    }
}
