<?php

declare(strict_types=1);

/**
 * usage: run.php RUNS EXTENSION BENCH RESULTS DATA [ROW]...
 *
 * Measures rows RUNS times in turn, writes RESULTS/ROW.json for each and prints the table. tools/bench calls it.
 */

namespace Apn\AmiClient\Bench;

spl_autoload_register(static function (string $class): void {
    require __DIR__ . '/runner/' . substr($class, strlen(__NAMESPACE__) + 1) . '.php';
});

[, $runs, $extension, $bench, $results, $data] = $argv;
$names = array_slice($argv, 6);
$rows = Rows::all();
$known = array_map(static fn(Row $row): string => $row->name, $rows);
$unknown = array_diff($names, $known);
if ($unknown !== []) {
    fwrite(STDERR, 'bench: there is no row ' . implode(', ', $unknown) . ': ' . implode(', ', $known) . "\n");
    exit(2);
}
$rows = array_values(array_filter(
    $rows,
    static fn(Row $row): bool => $names === [] || in_array($row->name, $names, true),
));

$measured = [];
$programs = array_map(static fn(): Programs => new Programs($extension, $bench, $data), $rows);
foreach (range(1, max(1, (int) $runs)) as $run) {
    foreach ($rows as $at => $row) {
        fwrite(STDERR, "bench: run $run of $runs, $row->name\n");
        $measured[$at][] = ($row->measure)($programs[$at]);
        $programs[$at]->stop();
    }
}
$all = [];
foreach ($rows as $at => $row) {
    $result = Result::of($row, $measured[$at], $programs[$at]->commands());
    $result->save("$results/$row->name.json");
    $all[] = $result;
}
echo Table::text($all);
