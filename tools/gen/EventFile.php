<?php

declare(strict_types=1);

namespace Apn\AmiClient\Tools;

/** Reads events.txt. */
final readonly class EventFile
{
    /** @param list<EventSpec> $events */
    private function __construct(
        public array $events,
    ) {}

    public static function read(string $file): self
    {
        $events = [];
        /** @var array<string, list<string>> $words */
        $words = [];
        $open = null;
        foreach (explode("\n", (string) file_get_contents($file)) as $number => $line) {
            if ($line === '' || str_starts_with($line, '#')) {
                continue;
            }
            $found = [];
            if (str_starts_with($line, '  ') && $open !== null) {
                foreach (explode(' ', trim($line)) as $word) {
                    $words[$open][] = $word;
                }
            } elseif (preg_match('/^(@\w+) (.+)$/', $line, $found) === 1) {
                $open = $found[1];
                $words[$open] = explode(' ', $found[2]);
            } elseif (preg_match('/^([\w-]+): (\S+) ([\d -]+)$/', $line, $found) === 1) {
                [, $open, $class, $versions] = $found;
                $words[$open] = [];
                $events[$open] = [explode('+', $class), Versions::of($versions)];
            } else {
                throw new \UnexpectedValueException("{$file}:" . ($number + 1) . ": not understood: {$line}");
            }
        }
        $specs = [];
        foreach ($events as $name => [$classes, $versions]) {
            $headers = [];
            foreach ($words[$name] ?? [] as $word) {
                $headers = [...$headers, ...self::expand($word, $words)];
            }
            $specs[] = new EventSpec($name, $classes, $versions, $headers);
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
