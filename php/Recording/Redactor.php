<?php

declare(strict_types=1);

namespace Apn\AmiClient\Recording;

/**
 * Removes secrets from messages: the values of headers, channel variables, settings and database keys that have a secret name.
 *
 * The names are those of Asterisk's own secrets and the names given, which may contain *. Case does not matter. The log of the extension hides the same
 * values; tests/data/redaction.txt checks both.
 */
final readonly class Redactor
{
    public const string REDACTED = '***';

    /** Matches a name and an assignment sign at the beginning of a text, up to the value. */
    private const string ASSIGNED = '/^[ \t]*([A-Za-z0-9_.\-\/()]+)[ \t]*=[ \t]*/D';
    private const string PUT_OUT = '/^[ \t]*([A-Za-z0-9_.\-\/()]+)[ \t]*[=:][ \t]*/D';

    private string $pattern;

    /** @param list<string> $keys names of further secrets, as in ClusterOptions::$redactionKeys */
    public function __construct(array $keys = [])
    {
        $patterns = array_map(static fn(string $key): string => str_replace(
            '\*',
            '.*',
            preg_quote($key, '/'),
        ), [
            ...SecretNames::ALL,
            ...$keys,
        ]);
        $this->pattern = '/^(?:' . implode('|', $patterns) . ')$/Dis';
    }

    public function headers(Headers $headers): Headers
    {
        $isEntry = $headers->first('Family') !== null;
        // VarSet and Setvar have the name of the variable in one header and its value in another. DBPut has key and value.
        $isSecretVariable = $this->namesSecret($headers, 'Variable');
        $isSecretEntry = $this->namesSecret($headers, 'Family') || $this->namesSecret($headers, 'Key');
        // UpdateConfig has names and values in separate headers with the same number.
        $secretSettings = [];
        foreach ($headers->pairs as [$name, $value]) {
            if (stripos($name, 'Var-') === 0 && (strcasecmp($value, 'register') === 0 || $this->hidesPart($value))) {
                $secretSettings[substr($name, strlen('Var-'))] = true;
            }
        }
        $shown = [];
        foreach ($headers->pairs as [$name, $value]) {
            $isHidden = match (strtolower($name)) {
                'key' => !$isEntry && $this->hides($name),
                'value' => $isSecretVariable || $this->hides($name),
                'val' => $isSecretEntry || $this->hides($name),
                default => $this->hides($name)
                    || preg_match('/^(?:Value|Match)-(.*)$/Dis', $name, $number) === 1
                    && isset($secretSettings[$number[1]]),
            };
            $shown[] = [
                $name,
                match (true) {
                    $isHidden => self::REDACTED,
                    strcasecmp($name, 'Command') === 0 => $this->command($value),
                    strcasecmp($name, 'JSON') === 0 => $this->json($value),
                    default => $this->assignments($value, strcasecmp($name, 'Output') === 0),
                },
            ];
        }

        return new Headers($shown);
    }

    private function hides(string $name): bool
    {
        return preg_match($this->pattern, ltrim($name, '_')) === 1;
    }

    /** Like hides(), for a text that contains several names: `DB(alice/password)`. */
    private function hidesPart(string $name): bool
    {
        $parts = preg_split('/[^A-Za-z0-9_.\-]/', $name);

        return $this->hides($name) || array_any($parts === false ? [] : $parts, $this->hides(...));
    }

    private function namesSecret(Headers $headers, string $wanted): bool
    {
        return array_any(
            $headers->pairs,
            fn(array $pair): bool => strcasecmp($pair[0], $wanted) === 0 && $this->hidesPart($pair[1]),
        );
    }

    /** Hides everything after the name of a secret in a command of the CLI. */
    private function command(string $value): string
    {
        $shown = [];
        $words = explode(' ', $value);
        foreach ($words as $index => $word) {
            $shown[] = $word;
            if ($this->hidesPart($word)) {
                return implode(' ', isset($words[$index + 1]) ? [...$shown, self::REDACTED] : $shown);
            }
        }

        return $value;
    }

    /** Hides values in the JSON of GetConfigJSON, an object of settings. */
    private function json(string $value): string
    {
        $shown = preg_replace_callback(
            '/("((?:[^"\\\\]|\\\\.)*)"\s*:\s*)"(?:[^"\\\\]|\\\\.)*"/s',
            fn(array $pair): string => $this->hidesPart($pair[2]) ? $pair[1] . '"' . self::REDACTED . '"' : $pair[0],
            $value,
        );

        // If the search fails, the whole text is hidden.
        return $shown ?? self::REDACTED;
    }

    /**
     * Hides the values of assignments `NAME=value` with a secret name. Several assignments may be separated by commas or bars, as in Originate. The output
     * of a command also has the form `name : value`.
     */
    private function assignments(string $value, bool $isOutput): string
    {
        $pattern = $isOutput ? self::PUT_OUT : self::ASSIGNED;
        $pieces = preg_split('/([,|])/', $value, flags: PREG_SPLIT_DELIM_CAPTURE);
        $shown = '';
        // A value continues until the next assignment.
        $hidden = false;
        for ($index = 0; $pieces !== false && $index < count($pieces); $index += 2) {
            $piece = $pieces[$index];
            if (preg_match($pattern, $piece, $assigned) === 1) {
                $hidden = $this->hidesPart($assigned[1]);
                $shown .= $hidden ? $assigned[0] . self::REDACTED : $piece;
            } elseif (!$hidden) {
                $shown .= $piece;
            }
            // A separator is kept if the piece before it is shown or the next piece is an assignment.
            $next = $pieces[$index + 2] ?? null;
            if ($next !== null && (!$hidden || preg_match($pattern, $next) === 1)) {
                $shown .= $pieces[$index + 1];
            }
        }

        return $shown;
    }
}
