<?php

// Replaces Composer's autoloader: loads the PSR-4 folders of composer.json, and the libraries from Debian.

declare(strict_types=1);

$root = dirname(__DIR__, 2);
/** @var array{autoload: array{'psr-4': array<string, string>}, 'autoload-dev': array{'psr-4': array<string, string>}} $composer */
$composer = json_decode(
    (string) file_get_contents("$root/composer.json"),
    associative: true,
    flags: JSON_THROW_ON_ERROR,
);
$folders = [...$composer['autoload']['psr-4'], ...$composer['autoload-dev']['psr-4']];

spl_autoload_register(static function (string $class) use ($root, $folders): void {
    foreach ($folders as $namespace => $folder) {
        if (!str_starts_with($class, $namespace)) {
            continue;
        }
        $file = "$root/$folder" . strtr(substr($class, strlen($namespace)), '\\', '/') . '.php';
        if (is_file($file)) {
            require $file;
        }
    }
});

require getenv('AMI_PHP_LIBRARIES') . '/Psr/Log/autoload.php';
if (getenv('AMI_LOOPS') !== false) {
    require getenv('AMI_LOOPS') . '/Revolt/EventLoop/autoload.php';
    require getenv('AMI_LOOPS') . '/React/Promise/autoload.php';
}
