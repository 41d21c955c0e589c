<?php

declare(strict_types=1);

namespace Apn\AmiClient\Tools;

/** Makes php/Actions: a class for every action, and an enum for every closed set of values. */
final readonly class ActionClasses
{
    private const string SOURCE = 'tools/data/actions.txt';

    public function __construct(
        private ActionFile $file,
    ) {}

    /** @return array<string, string> text by file name under php/Actions */
    public function files(): array
    {
        $files = [];
        foreach ($this->file->enums as $name => $cases) {
            $files["Enum/{$name}.php"] = $this->enum($name, $cases);
        }
        foreach ($this->file->actions as $action) {
            if ($action->hasClass()) {
                $files["{$action->name}.php"] = $this->class($action);
            }
        }

        return $files;
    }

    /** @param array<string, string> $cases */
    private function enum(string $name, array $cases): string
    {
        $lines = [];
        foreach ($cases as $case => $value) {
            $lines[] = "    case {$case} = '{$value}';";
        }

        return Source::file('Apn\AmiClient\Actions\Enum', self::SOURCE, [], implode("\n", [
            '/** The values are the words of Asterisk. */',
            "enum {$name}: string",
            '{',
            ...$lines,
            '}',
        ]));
    }

    private function class(ActionSpec $action): string
    {
        $body = array_filter([
            $this->constructor($action),
            $this->name($action),
            $this->parameters($action),
            Source::method('getCompletionStrategy(): ?CompletionStrategy', ['return null;']),
        ]);

        return Source::file(
            'Apn\AmiClient\Actions',
            self::SOURCE,
            $this->imports($action),
            implode("\n", [
                Source::docblock($this->description($action)),
                "final readonly class {$action->name} implements Action",
                '{',
                implode("\n\n", $body),
                '}',
            ]),
        );
    }

    /** @return list<string> */
    private function imports(ActionSpec $action): array
    {
        $imports = ['Apn\AmiClient\Action', 'Apn\AmiClient\CompletionStrategy'];
        foreach ($action->parameters as $parameter) {
            if ($parameter->enum() !== null) {
                $imports[] = "Apn\\AmiClient\\Actions\\Enum\\{$parameter->enum()}";
            }
            if ($parameter->kind === 'channelid') {
                $imports[] = 'Apn\AmiClient\ChannelId';
            }
        }
        return array_values(array_unique($imports));
    }

    /** @return list<string> paragraphs */
    private function description(ActionSpec $action): array
    {
        $since = array_filter($action->since, static fn(string $release): bool => version_compare(
            $release,
            '13.0',
            '>=',
        ));
        $facts =
            'Write class: '
            . $action->writeClass()
            . '. Asterisk '
            . Versions::words($action->versions)
            . ($since === [] ? '' : ', new in ' . Words::enumeration($since))
            . '.';

        return array_values(array_filter([$action->does, $action->answerSentence(), $facts]));
    }

    private function constructor(ActionSpec $action): string
    {
        $arguments = $action->arguments();
        if ($arguments === []) {
            return '';
        }
        $doc = $lines = $assigned = $declared = [];
        foreach ($arguments as $argument) {
            $text = $argument->docText();
            if ($text !== '' || $argument->isArray()) {
                $doc[] = rtrim("@param {$argument->docType()} \${$argument->name()} {$text}");
            }
            $default = match (true) {
                $argument->required => '',
                $argument->isArray() => ' = []',
                default => ' = null',
            };
            $generated = $argument->kind === 'channelid';
            $lines[] =
                '        '
                . ($generated ? '' : 'public ')
                . "{$argument->nullableType()} \${$argument->name()}{$default},";
            if ($generated) {
                $declared[] = "    public string \${$argument->name()};\n";
                $assigned[] = "        \$this->{$argument->name()} = \${$argument->name()} ?? ChannelId::generate();";
            }
        }

        return implode("\n", [
            ...$declared,
            ...($doc === [] ? [] : [Source::docblock($doc, indent: '    ', apart: false)]),
            '    public function __construct(',
            ...$lines,
            ...($assigned === [] ? ['    ) {}'] : ['    ) {', ...$assigned, '    }']),
        ]);
    }

    private function name(ActionSpec $action): string
    {
        return Source::method('getName(): string', ["return '{$action->name}';"]);
    }

    private function parameters(ActionSpec $action): string
    {
        if ($action->parameters === []) {
            return Source::method('getParameters(): array', ['return [];']);
        }
        $entries = array_map(static fn(ParameterSpec $p): string => "    {$p->entry()},", $action->parameters);

        return Source::method('getParameters(): array', ['return Fields::sent([', ...$entries, ']);']);
    }
}
