<?php

declare(strict_types=1);

/** usage: page.php RESULTS PAGE PLOTS    puts the results of the last runs into the page and draws its plots */

namespace Apn\AmiClient\Bench;

spl_autoload_register(static function (string $class): void {
    require __DIR__ . '/runner/' . substr($class, strlen(__NAMESPACE__) + 1) . '.php';
});

[, $folder, $page, $plots] = $argv;
$results = [];
foreach (Rows::all() as $row) {
    $file = "$folder/$row->name.json";
    if (!is_file($file)) {
        fwrite(STDERR, "bench: $row->name was not measured yet: tools/bench $row->name\n");
        exit(1);
    }
    $results[] = Result::load($file);
}
Page::update($page, $plots, $results);
