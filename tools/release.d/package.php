<?php

/**
 * Prints the package.xml of a tree for `pecl`, with version, notes and files from their sources.
 *
 * Usage: php tools/release.d/package.php TREE CHANGELOG.md DATE > TREE/package.xml
 *
 * TREE is DIR/ext of tools/release-split, with or without vendored crates. The same tree gives the same bytes.
 */

declare(strict_types=1);

exit(main($argv[1], (string) file_get_contents($argv[2]), $argv[3]));

function main(string $tree, string $changelog, string $date): int
{
    $workspace = (string) file_get_contents("$tree/Cargo.toml");
    $version = value($workspace, 'version');
    $php = json_decode((string) file_get_contents("$tree/composer.json"), flags: JSON_THROW_ON_ERROR)->require->php;
    if (preg_match('/^>=(\d+\.\d+),<(\d+)\.(\d+)$/', $php, $range) !== 1) {
        throw new RuntimeException("composer.json wants PHP $php: package.xml needs it as >=A.B,<C.D");
    }
    $newest = "$range[2]." . ($range[3] - 1) . '.99';
    $write = new XMLWriter();
    $write->openMemory();
    $write->setIndent(true);
    $write->startDocument('1.0', 'UTF-8');
    $write->startElement('package');
    $write->writeAttribute('version', '2.0');
    $write->writeAttribute('xmlns', 'http://pear.php.net/dtd/package-2.0');
    $write->writeElement('name', 'ami_client');
    $write->writeElement('channel', 'pecl.php.net');
    $write->writeElement('summary', 'Asterisk Manager Interface client for a cluster of PBXs');
    $write->writeElement(
        'description',
        'Talks to 1 to 500 Asterisk servers over AMI without blocking. The core is in Rust: building it takes cargo '
        . value($workspace, 'rust-version')
        . ' or later, libclang and, unless the crates are vendored, the network.',
    );
    elements($write, 'lead', ['name' => 'APN', 'user' => 'apn', 'email' => 'apn@example.org', 'active' => 'yes']);
    $write->writeElement('date', $date);
    elements($write, 'version', ['release' => $version, 'api' => $version]);
    elements($write, 'stability', ['release' => 'beta', 'api' => 'beta']);
    $write->startElement('license');
    $write->writeAttribute('uri', 'https://opensource.org/license/mit');
    $write->text(value($workspace, 'license'));
    $write->endElement();
    $write->writeElement('notes', notes($changelog, $version));
    $write->startElement('contents');
    folder($write, '/', contents($tree));
    $write->endElement();
    $write->startElement('dependencies');
    $write->startElement('required');
    elements($write, 'php', ['min' => "$range[1].0", 'max' => $newest]);
    elements($write, 'pearinstaller', ['min' => '1.10.0']);
    elements($write, 'os', ['name' => 'linux']);
    $write->endElement();
    $write->endElement();
    $write->writeElement('providesextension', 'ami_client');
    $write->startElement('extsrcrelease');
    $write->startElement('configureoption');
    $write->writeAttribute('name', 'with-cargo');
    $write->writeAttribute('prompt', 'path of cargo');
    $write->writeAttribute('default', 'yes');
    $write->endDocument();
    echo $write->outputMemory();

    return 0;
}

/** The version in the workspace's Cargo.toml. */
function value(string $toml, string $name): string
{
    return preg_match("/^$name = \"(.+)\"$/m", $toml, $match) === 1
        ? $match[1]
        : throw new RuntimeException("Cargo.toml has no $name");
}

/** The part of the changelog for the version, or the unreleased part. */
function notes(string $changelog, string $version): string
{
    foreach ([preg_quote($version, '/') . '\b.*', 'Unreleased'] as $title) {
        if (preg_match("/^## $title\n(.+?)(?=^## |\z)/ms", $changelog, $match) === 1) {
            return trim($match[1]);
        }
    }
    throw new RuntimeException("CHANGELOG.md has neither a part \"## $version\" nor \"## Unreleased\"");
}

/** @return array<string, mixed> name => role, or what is in the folder of that name */
function contents(string $folder, string $under = ''): array
{
    $contents = [];
    foreach (array_diff((array) scandir($folder), ['.', '..']) as $name) {
        if (in_array("$under$name", ['package.xml', 'composer.json', 'target'], true)) {
            continue;
        }
        $contents[$name] = is_dir("$folder/$name") ? contents("$folder/$name", "$under$name/") : role("$under$name");
    }

    return $contents;
}

/** The role of a file for pecl. Files that the build reads need the role "src", because pecl unpacks no others. */
function role(string $file): string
{
    return match (true) {
        str_starts_with($file, 'tests/') => 'test',
        in_array($file, ['README.md', 'LICENSE'], true) => 'doc',
        default => 'src',
    };
}

/** @param array<string, mixed> $contents */
function folder(XMLWriter $write, string $name, array $contents): void
{
    $write->startElement('dir');
    $write->writeAttribute('name', $name);
    foreach ($contents as $entry => $role) {
        if (is_array($role)) {
            folder($write, (string) $entry, $role);
            continue;
        }
        $write->startElement('file');
        $write->writeAttribute('name', (string) $entry);
        $write->writeAttribute('role', $role);
        $write->endElement();
    }
    $write->endElement();
}

/** @param array<string, string> $elements */
function elements(XMLWriter $write, string $name, array $elements): void
{
    $write->startElement($name);
    foreach ($elements as $element => $text) {
        $write->writeElement($element, $text);
    }
    $write->endElement();
}
