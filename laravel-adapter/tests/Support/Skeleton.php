<?php

declare(strict_types=1);

namespace Apn\AmiClient\Laravel\Tests\Support;

use Illuminate\Filesystem\Filesystem;

/** A real Laravel application in a folder of its own, with this package installed as Composer would. */
final class Skeleton
{
    public readonly string $path;

    public function __construct()
    {
        $this->path = self::folder();
        $files = new Filesystem();
        $files->copyDirectory(dirname(__DIR__) . '/app', $this->path);
        foreach ([
            'bootstrap/cache',
            'storage/framework/cache/data',
            'storage/framework/views',
            'storage/logs',
            'vendor/composer',
        ] as $folder) {
            $files->ensureDirectoryExists("{$this->path}/$folder");
        }
        $files->put(
            "{$this->path}/vendor/autoload.php",
            '<?php require_once ' . var_export(dirname(__DIR__) . '/autoload.php', true) . ';',
        );
        $package = json_decode($files->get(dirname(__DIR__, 2) . '/composer.json'), associative: true);
        // What package discovery reads.
        $files->put("{$this->path}/vendor/composer/installed.json", json_encode(['packages' => [
            $package,
        ]], JSON_THROW_ON_ERROR));
        $files->put("{$this->path}/composer.json", '{"autoload": {"psr-4": {"App\\\\": "app/"}}}');
        register_shutdown_function($this->remove(...));
    }

    public function remove(): void
    {
        new Filesystem()->deleteDirectory($this->path);
    }

    private static function folder(): string
    {
        $path = (string) tempnam(sys_get_temp_dir(), 'ami-laravel-');
        unlink($path);
        mkdir($path);

        return $path;
    }
}
