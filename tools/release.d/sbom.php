<?php

/**
 * Prints the bill of materials of the extension as CycloneDX: every linked crate, with licence and checksum.
 *
 * Usage: cargo metadata --format-version 1 --locked --filter-platform TARGET | php tools/release.d/sbom.php Cargo.lock LINKED
 *
 * LINKED is the output of `cargo tree` for the extension, one crate a line. The metadata also has crates that only other parts of the workspace need.
 * The same sources give the same bytes.
 */

declare(strict_types=1);

const ROOT = 'ami-client-ext';

exit(main(
    (string) stream_get_contents(STDIN),
    (string) file_get_contents($argv[1]),
    (string) file_get_contents($argv[2]),
));

function main(string $metadata, string $lock, string $tree): int
{
    $metadata = json_decode($metadata, true, flags: JSON_THROW_ON_ERROR);
    $packages = array_column($metadata['packages'], null, 'id');
    $nodes = array_column($metadata['resolve']['nodes'], null, 'id');
    $listed = listed($tree, $packages);
    $linked = linked($nodes, root($packages), $listed);
    $left = array_diff($listed, array_keys($linked));
    $left === [] || throw new RuntimeException('not reached: ' . implode(', ', $left));
    $checksums = checksums($lock);
    $root = array_key_first($linked);

    $components = $dependencies = [];
    foreach ($linked as $id => $needs) {
        $components[$id] = component($packages[$id], $checksums);
        $dependencies[] = [
            'ref' => reference($packages[$id]),
            'dependsOn' => array_map(static fn(string $need): string => reference($packages[$need]), $needs),
        ];
    }
    $main = ['type' => 'library', 'name' => 'ami_client'] + $components[$root];
    unset($components[$root]);

    echo
        json_encode(
            [
                'bomFormat' => 'CycloneDX',
                'specVersion' => '1.5',
                'version' => 1,
                'metadata' => ['component' => $main],
                'components' => array_values($components),
                'dependencies' => $dependencies,
            ],
            JSON_PRETTY_PRINT | JSON_UNESCAPED_SLASHES | JSON_THROW_ON_ERROR,
        ),
        "\n"
    ;

    return 0;
}

/** @param array<string, array<string, mixed>> $packages */
function root(array $packages): string
{
    foreach ($packages as $id => $package) {
        if ($package['name'] === ROOT) {
            return $id;
        }
    }
    throw new RuntimeException('the metadata has no ' . ROOT);
}

/**
 * The packages of a tree, whose lines begin with "name vVERSION".
 *
 * @param array<string, array<string, mixed>> $packages
 *
 * @return list<string>
 */
function listed(string $tree, array $packages): array
{
    preg_match_all('/^(\S+) v(\S+)/m', $tree, $rows, PREG_SET_ORDER);
    $lines = array_map(static fn(array $row): string => "$row[1] $row[2]", $rows);

    return array_keys(array_filter($packages, static fn(array $package): bool => in_array(
        "{$package['name']} {$package['version']}",
        $lines,
        true,
    )));
}

/**
 * The crates that the root needs at run time, the root first. Tests and build scripts are not included.
 *
 * @param array<string, array<string, mixed>> $nodes
 * @param list<string> $listed
 *
 * @return array<string, list<string>> package => what it needs
 */
function linked(array $nodes, string $root, array $listed): array
{
    $linked = [];
    $next = [$root];
    while (($id = array_shift($next)) !== null) {
        if (isset($linked[$id])) {
            continue;
        }
        $needs = [];
        foreach ($nodes[$id]['deps'] as $dependency) {
            $ships = in_array(null, array_column($dependency['dep_kinds'], 'kind'), true);
            if ($ships && in_array($dependency['pkg'], $listed, true)) {
                $needs[] = $dependency['pkg'];
            }
        }
        $linked[$id] = $needs;
        array_push($next, ...$needs);
    }

    return $linked;
}

/** @return array<string, string> "name version" => SHA-256 */
function checksums(string $lock): array
{
    preg_match_all(
        '/^name = "(.+)"\nversion = "(.+)"\nsource = .+\nchecksum = "(.+)"$/m',
        $lock,
        $rows,
        PREG_SET_ORDER,
    );
    $checksums = [];
    foreach ($rows as [, $name, $version, $checksum]) {
        $checksums["$name $version"] = $checksum;
    }

    return $checksums;
}

/** @param array<string, mixed> $package */
function reference(array $package): string
{
    return "pkg:cargo/{$package['name']}@{$package['version']}";
}

/**
 * @param array<string, mixed> $package
 * @param array<string, string> $checksums
 *
 * @return array<string, mixed>
 */
function component(array $package, array $checksums): array
{
    $checksum = $checksums["{$package['name']} {$package['version']}"] ?? null;
    $component = [
        'type' => 'library',
        'bom-ref' => reference($package),
        'name' => $package['name'],
        'version' => $package['version'],
        'description' => trim((string) $package['description']),
        // Older crates write "MIT/Apache-2.0".
        'licenses' => [['expression' => str_replace('/', ' OR ', (string) $package['license'])]],
        'purl' => reference($package),
    ];
    if ($checksum !== null) {
        $component['hashes'] = [['alg' => 'SHA-256', 'content' => $checksum]];
    }

    return $component;
}
