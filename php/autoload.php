<?php

// Autoloader of the library for programs without Composer.

declare(strict_types=1);

spl_autoload_register(static function (string $class): void {
    if (!str_starts_with($class, 'Apn\\AmiClient\\')) {
        return;
    }
    $file = __DIR__ . strtr(substr($class, strlen('Apn\\AmiClient')), '\\', '/') . '.php';
    if (is_file($file)) {
        require $file;
    }
});
