<?php

declare(strict_types=1);

namespace Apn\AmiClient\Cli;

/** ami actions: finds actions by words of their names and descriptions. */
final readonly class ActionsCommand implements Command
{
    public function usage(): string
    {
        return '[WORD]...';
    }

    public function help(): array
    {
        return [
            'Lists the actions of Asterisk 20 to 23 whose name or description has all the',
            'words, or all actions. Exits with 1 where there is none.',
            '',
            'examples: ami actions queue',
            '          ami actions channel hang',
            'see also: ami help ACTION, which has the headers of one',
        ];
    }

    public function options(): array
    {
        return [];
    }

    public function misuseCode(): int
    {
        return 2;
    }

    public function run(Arguments $arguments, Console $console): int
    {
        $found = array_filter(Reference::all(), static function (Reference $action) use ($arguments): bool {
            foreach ($arguments->words as $word) {
                if (stripos("{$action->name} {$action->does}", $word) === false) {
                    return false;
                }
            }

            return true;
        });
        if ($found === []) {
            $console->error('ami actions: none has ' . implode(' ', $arguments->words));

            return 1;
        }
        $width = max(array_map(static fn(Reference $action): int => strlen($action->name), $found));
        foreach ($found as $action) {
            $console->cutLine(new Span(str_pad($action->name, $width), Style::Bold), new Span("  {$action->does}"));
        }

        return 0;
    }
}
