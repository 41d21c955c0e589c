<?php

declare(strict_types=1);

namespace Apn\AmiClient\Cli;

/** ami completion: prints a script for bash, which gets its candidates from `ami completion -- WORD...`. */
final readonly class CompletionCommand implements Command
{
    private const string SCRIPT = <<<'BASH'
        # bash completion of ami: put `source <(ami completion)` into ~/.bashrc
        _ami() {
            local IFS=$'\n' word=${COMP_WORDS[COMP_CWORD]} line=${COMP_LINE:0:COMP_POINT}
            local words; IFS=' ' read -ra words <<< "$line"
            [[ $line == *' ' ]] && words+=('')
            word=${words[-1]}
            COMPREPLY=($("${COMP_WORDS[0]}" completion -- "${words[@]:1}" 2> /dev/null))
            # bash completes what is behind "=" and ":" by itself.
            local cut=${word%"${word##*[=:]}"}
            COMPREPLY=("${COMPREPLY[@]#"$cut"}")
            [[ ${#COMPREPLY[@]} -eq 1 && ${COMPREPLY[0]} == *= ]] && compopt -o nospace
            return 0
        }
        complete -F _ami ami
        BASH;

    /** @param array<string, Command> $commands */
    public function __construct(
        private array $commands,
    ) {}

    public function usage(): string
    {
        return '[bash]';
    }

    public function help(): array
    {
        return [
            'Prints a script that completes commands, options, servers, actions and headers.',
            'Put this into ~/.bashrc:',
            '',
            '  source <(ami completion)',
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
        if ($arguments->words === [] || $arguments->words === ['bash']) {
            foreach (explode("\n", self::SCRIPT) as $line) {
                $console->line($line);
            }

            return 0;
        }
        $words = $arguments->words;
        $begun = (string) array_pop($words);
        foreach ($this->candidates($words, $begun, $console) as $candidate) {
            if (stripos($candidate, $begun) === 0) {
                $console->line($candidate);
            }
        }

        return 0;
    }

    /**
     * @param list<string> $words the complete words before $begun
     *
     * @return list<string>
     */
    private function candidates(array $words, string $begun, Console $console): array
    {
        $name = array_shift($words) ?? '';
        $command = $this->commands[$name] ?? null;
        if ($words === [] && $command === null) {
            return match ($name) {
                '' => [...array_keys($this->commands), 'help', '--help', '--version'],
                'help' => [...array_keys($this->commands), ...self::actions()],
                default => [],
            };
        }
        if ($command === null) {
            return [];
        }
        if (str_starts_with($begun, '-')) {
            $options = $command->options();

            return array_map(
                static fn(string $option): string => "--{$option}" . ($options[$option] ? '=' : ''),
                [...array_keys($options)],
            );
        }
        $words = array_values(array_filter($words, static fn(string $word): bool => !str_starts_with($word, '-')));
        $servers = $this->servers($console);
        if ($name !== 'send') {
            return match ($name) {
                'listen', 'live', 'status' => $servers,
                'console', 'call' => $words === [] ? $servers : [],
                default => [],
            };
        }
        if (in_array($words[0] ?? null, $servers, strict: true)) {
            array_shift($words);
        } elseif ($words === []) {
            return [...$servers, ...self::actions()];
        }
        $action = Reference::find($words[0] ?? '');

        return match (true) {
            $words === [] => self::actions(),
            $action === null => [],
            default => array_map(static fn(array $header): string => "{$header[0]}=", $action->headers),
        };
    }

    /** @return list<string> */
    private static function actions(): array
    {
        return array_values(array_map(static fn(Reference $action): string => $action->name, Reference::all()));
    }

    /** @return list<string> empty if the configuration is wrong, because completion shows no errors */
    private function servers(Console $console): array
    {
        try {
            return [...$console->manager(Arguments::parse([], []))->serverKeys(), Connections::ALL];
        } catch (\Throwable) {
            return [];
        }
    }
}
