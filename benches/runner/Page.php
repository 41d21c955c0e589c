<?php

declare(strict_types=1);

namespace Apn\AmiClient\Bench;

/** The measured part of docs/performance.md: between two markers, made of the results and of nothing else. */
final class Page
{
    private const string BEGIN = '<!-- Between these markers: tools/bench --page -->';
    private const string END = '<!-- end -->';

    /** @param list<Result> $results */
    public static function update(string $page, string $plots, array $results): void
    {
        $text = (string) file_get_contents($page);
        $begin = strpos($text, self::BEGIN);
        $end = strpos($text, self::END);
        if ($begin === false || $end === false) {
            throw new \RuntimeException("$page lacks its markers");
        }
        $measured = self::summary($results);
        foreach ($results as $result) {
            file_put_contents("$plots/$result->name.svg", Plot::of($result));
            $measured .= "\n" . self::section($result, basename($plots));
        }
        $before = substr($text, 0, $begin + strlen(self::BEGIN));
        file_put_contents($page, "$before\n\n$measured\n" . substr($text, $end));
    }

    /** @param list<Result> $results */
    private static function summary(array $results): string
    {
        $text = self::machines($results) . "\n\n| what | measured | target | |\n| --- | ---: | ---: | --- |\n";
        foreach ($results as $result) {
            foreach ($result->targets as $target) {
                $text .= sprintf(
                    "| [%s](#%s): %s | %s | %s | %s |\n",
                    $result->title,
                    $result->name,
                    $target['text'],
                    Number::short($target['value'], $target['unit']),
                    $target['bound'],
                    $target['met'] ? 'reached' : '**not reached**',
                );
            }
        }

        return $text;
    }

    private static function section(Result $result, string $plots): string
    {
        $text = "<a name=\"$result->name\"></a>\n\n### $result->title\n\n![$result->title]($plots/$result->name.svg)\n\n";
        $text .= "| | median | spread |\n| --- | ---: | ---: |\n";
        foreach ($result->figures() as $figure) {
            $median = Number::short($result->median($figure), $result->unit);
            $text .= sprintf("| %s | %s | ± %.0f %% |\n", $figure, $median, $result->spread($figure) * 100);
        }
        $commands = implode("\n", $result->commands);

        return "$text\n<details><summary>commands</summary>\n\n```text\n$commands\n```\n\n</details>\n";
    }

    /** @param list<Result> $results */
    private static function machines(array $results): string
    {
        $machines = array_unique(array_map(static fn(Result $result): string => $result->machine, $results));
        $runs = array_unique(array_map(static fn(Result $result): int => count($result->runs), $results));

        return 'Median of ' . implode(' or ', $runs) . ' runs on ' . implode('; ', $machines) . '.';
    }
}
