<?php

// Stands in for Composer's autoloader: Laravel as Debian has it (AMI_LARAVEL), the PSR-4 folders of both packages, the application.

declare(strict_types=1);

require_once getenv('AMI_LARAVEL') . '/Illuminate/autoload.php';

if (!class_exists(Normalizer::class)) {
    require_once __DIR__ . '/Normalizer.php';
}

(static function (): void {
    $folders = ['App\\' => __DIR__ . '/app/app/'];
    foreach ([dirname(__DIR__, 2), dirname(__DIR__)] as $package) {
        $composer = json_decode((string) file_get_contents("$package/composer.json"), associative: true);
        foreach (['autoload', 'autoload-dev'] as $section) {
            foreach ($composer[$section]['psr-4'] as $namespace => $folder) {
                $folders[$namespace] = "$package/$folder";
            }
        }
    }
    // The longest namespace first: one package's lies within the other's.
    uksort($folders, static fn(string $a, string $b): int => strlen($b) <=> strlen($a));
    spl_autoload_register(static function (string $class) use ($folders): void {
        foreach ($folders as $namespace => $folder) {
            if (str_starts_with($class, $namespace)) {
                $file = $folder . strtr(substr($class, strlen($namespace)), '\\', '/') . '.php';
                if (is_file($file)) {
                    require_once $file;
                }

                return;
            }
        }
    });
})();
