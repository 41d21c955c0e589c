<?php

declare(strict_types=1);

namespace Apn\AmiClient\Tools;

/** Reads actions.txt. A line that it does not understand stops the generator with file and line. */
final readonly class ActionFile
{
    private const string PARAMETER = '/^(?<header>[A-Z][\w()-]*)(?<required>\*?)(?: (?<type>(?!=|--)[^=]*?))?(?: =(?<default>\S+))?(?: -- (?<text>.+))?$/';

    /**
     * @param array<string, array<string, string>> $enums cases by enum: name => value
     * @param list<ActionSpec> $actions
     */
    private function __construct(
        public array $enums,
        public array $actions,
    ) {}

    public static function read(string $file): self
    {
        $enums = $actions = [];
        $lines = [];
        $open = null;
        foreach (explode("\n", (string) file_get_contents($file)) as $number => $line) {
            if ($line === '' || str_starts_with($line, '#')) {
                continue;
            }
            $found = [];
            if (str_starts_with($line, 'enum ')) {
                [$name, $cases] = explode(': ', substr($line, 5), 2);
                $enums[$name] = self::cases($cases);
            } elseif (str_starts_with($line, '  ') && $open !== null) {
                $lines[$open][] = [substr($line, 2), $file . ':' . ($number + 1)];
            } elseif (preg_match('/^(\w+): (.+)$/', $line, $found) === 1) {
                $open = $found[1];
                $lines[$open] = [[$found[2], $file . ':' . ($number + 1)]];
            } else {
                throw new \UnexpectedValueException("{$file}:" . ($number + 1) . ": not understood: {$line}");
            }
        }
        foreach ($lines as $name => $block) {
            $actions[] = self::action($name, $block);
        }

        return new self($enums, $actions);
    }

    /** @return array<string, string> */
    private static function cases(string $text): array
    {
        $cases = [];
        foreach (explode(' ', $text) as $case) {
            [$name, $value] = array_pad(explode('=', $case, 2), 2, $case);
            $cases[ucfirst($name)] = $value;
        }

        return $cases;
    }

    /** @param non-empty-list<array{string, string}> $block text and place of each line, what the action does first */
    private static function action(string $name, array $block): ActionSpec
    {
        $attributes = ['class' => '', 'asterisk' => '', 'answer' => ''];
        $parameters = [];
        foreach (array_slice($block, 1) as [$line, $place]) {
            $found = [];
            if (preg_match('/^@(class|asterisk|answer) (.+)$/', $line, $found) === 1) {
                $attributes[$found[1]] = $found[2];
            } elseif (preg_match(self::PARAMETER, $line, $found, PREG_UNMATCHED_AS_NULL) === 1) {
                $parameters[] = new ParameterSpec(
                    header: $found['header'] ?? '',
                    type: $found['type'] ?? 'string',
                    required: $found['required'] === '*',
                    default: $found['default'],
                    text: $found['text'] ?? '',
                );
            } else {
                throw new \UnexpectedValueException("{$place}: not understood: {$line}");
            }
        }
        $found = [];
        if (preg_match('/^([\d -]+) since (.+)$/', $attributes['asterisk'], $found) !== 1) {
            throw new \UnexpectedValueException("{$block[0][1]}: {$name} has no @asterisk line");
        }

        return new ActionSpec(
            name: $name,
            does: $block[0][0],
            classes: explode(' ', $attributes['class']),
            versions: Versions::of($found[1]),
            since: explode(' ', $found[2]),
            answer: $attributes['answer'],
            parameters: $parameters,
        );
    }
}
