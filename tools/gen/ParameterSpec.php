<?php

declare(strict_types=1);

namespace Apn\AmiClient\Tools;

/** One header of an action: its PHP name, its PHP type and the expression that gives its value. */
final readonly class ParameterSpec
{
    private const array UNITS = ['ms' => 'Ms', 's' => 'Seconds'];

    /** Headers that are a placeholder for several headers, with the name of the argument. */
    private const array NAMES = ['Action-000000' => 'changes', 'Header1' => 'headers', 'UnitAmount(0)' => 'units'];

    public string $kind;
    public string $detail;

    public function __construct(
        public string $header,
        string $type,
        public bool $required,
        public ?string $default,
        public string $text,
    ) {
        [$this->kind, $this->detail] = array_pad(explode(' ', $type, 2), 2, '');
    }

    public function isFixed(): bool
    {
        return $this->kind === 'fixed';
    }

    /** The name of the argument: the header's words in camel case, with acronyms as words, and the unit at the end. */
    public function name(): string
    {
        return self::NAMES[$this->header] ?? Words::camel($this->header) . (self::UNITS[$this->detail] ?? '');
    }

    public function enum(): ?string
    {
        return $this->kind === 'enum' ? $this->detail : null;
    }

    public function isArray(): bool
    {
        return in_array($this->kind, ['list', 'variables', 'headers', 'changes', 'units'], true);
    }

    public function phpType(): string
    {
        return match ($this->kind) {
            'string', 'channelid' => 'string',
            'int', 'bool', 'int|string', 'bool|string' => $this->kind,
            'number' => 'int|float',
            'enum' => $this->detail,
            default => $this->isArray()
                ? 'array'
                : throw new \UnexpectedValueException("{$this->header}: unknown type {$this->kind}"),
        };
    }

    /** The type, with null if the header is optional. */
    public function nullableType(): string
    {
        $type = $this->phpType();
        if ($this->required || $this->isArray()) {
            return $type;
        }

        return str_contains($type, '|') ? "{$type}|null" : "?{$type}";
    }

    public function docType(): string
    {
        $type = match ($this->kind) {
            'list' => 'list<string>',
            'variables' => 'array<string, scalar>|list<string>',
            'headers' => 'array<string, scalar|list<scalar>>',
            'changes' => 'list<ConfigChange>',
            'units' => 'list<AocUnit>',
            default => $this->phpType(),
        };

        return $this->required || $this->isArray() ? $type : "{$type}|null";
    }

    /** The text of the docblock. Empty if the name is sufficient. */
    public function docText(): string
    {
        $default = $this->default === null ? '' : "Asterisk takes {$this->default} where left out";
        $texts = match ($this->kind) {
            'variables' => ['NAME => value, always literal; or "NAME=value" texts', $this->text],
            'changes' => ['in the order in which Asterisk makes them'],
            'headers', 'units' => [$this->text],
            default => [$this->text, $default],
        };

        return implode('; ', array_filter($texts));
    }

    /** The entry of getParameters(): one value, or an unpacked array. */
    public function entry(): string
    {
        $value = '$this->' . $this->name();
        [$yes, $no] = array_pad(explode('/', $this->detail, 2), 2, '');
        $expression = match ($this->kind) {
            'fixed' => "'{$this->default}'",
            'bool' => "Fields::bool({$value}, '{$yes}', '{$no}')",
            'bool|string' => "is_bool({$value}) ? Fields::bool({$value}, '{$yes}', '{$no}') : {$value}",
            'enum' => $this->required ? "{$value}->value" : "{$value}?->value",
            'list' => "Fields::joined({$value}, '{$this->detail}')",
            default => $value,
        };

        return match ($this->kind) {
            'headers' => "...{$value}",
            'changes' => "...ConfigChange::headers({$value})",
            'units' => "...AocUnit::headers({$value})",
            default => "'{$this->header}' => {$expression}",
        };
    }
}
