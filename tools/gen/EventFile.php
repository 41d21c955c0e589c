<?php

declare(strict_types=1);

namespace Apn\AmiClient\Tools;

/** Reads events.txt. */
final readonly class EventFile
{
    /** @param list<EventSpec> $events */
    private function __construct(public array $events) {}

    public static function read(string $file): self
    {
        $events = $groups = [];
        $words = [];
        foreach (explode("\n", (string) file_get_contents($file)) as $number => $line) {
            if ($line === '' || str_starts_with($line, '#')) {
                continue;
            }
            if (preg_match('/^(?:@(?<group>\w+)|(?<event>[\w-]+): (?<class>\S+) (?<versions>[\d -]+))(?<words>(?: \w+)*)$/', $line, $found) === 1) {
                $open = $found['event'] === '' ? "@{$found['group']}" : $found['event'];
                $words[$open] = [];
                $line = $found['words'];
                if ($found['event'] !== '') {
                    $events[$open] = [$found['class'], $found['versions']];
                }
            } elseif (!str_starts_with($line, '  ') || !isset($open)) {
                throw new \UnexpectedValueException("{$file}:" . ($number + 1) . ": not understood: {$line}");
            }
            $words[$open] = [...$words[$open], ...array_filter(explode(' ', $line))];
        }
        $specs = [];
        foreach ($events as $name => [$class, $versions]) {
            $headers = array_merge(...array_map(
                static fn(string $word): array => self::expand($word, $words),
                $words[$name],
            ) ?: [[]]);
            $specs[] = new EventSpec($name, explode('+', $class), Versions::of($versions), $headers);
        }

        return new self($specs);
    }

    /**
     * @param array<string, list<string>> $words
     *
     * @return list<string> the headers that a word stands for: itself, or those of its group with the prefix given
     */
    private static function expand(string $word, array $words): array
    {
        if (!str_starts_with($word, '@')) {
            return [$word];
        }
        [$group, $prefix] = array_pad(explode(':', $word, 2), 2, '');

        return array_map(
            static fn(string $header): string => $prefix . $header,
            $words[$group] ?? throw new \UnexpectedValueException("no group {$group}"),
        );
    }
}
