<?php

declare(strict_types=1);

namespace Apn\AmiClient\Laravel\Tests\Support;

use Illuminate\Filesystem\Filesystem;

/** A real Laravel application in a folder of its own, with this package installed as Composer would. */
final class Skeleton
{
    public readonly string $path;

    /** @var list<ArtisanProcess> */
    private array $processes = [];

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
        $autoload = var_export(dirname(__DIR__) . '/autoload.php', true);
        // The application's own classes first: an example brings some.
        $files->put("{$this->path}/vendor/autoload.php", <<<PHP
            <?php
            spl_autoload_register(static function (string \$class): void {
                \$file = '{$this->path}/app/' . strtr(substr(\$class, 4), '\\\\', '/') . '.php';
                if (str_starts_with(\$class, 'App\\\\') && is_file(\$file)) {
                    require_once \$file;
                }
            });
            require_once $autoload;
            PHP);
        $package = json_decode($files->get(dirname(__DIR__, 2) . '/composer.json'), associative: true);
        // What package discovery reads.
        $files->put("{$this->path}/vendor/composer/installed.json", json_encode(['packages' => [
            $package,
        ]], JSON_THROW_ON_ERROR));
        $files->put("{$this->path}/composer.json", '{"autoload": {"psr-4": {"App\\\\": "app/"}}}');
        $this->onBoot('');
        register_shutdown_function($this->remove(...));
    }

    /**
     * Writes config/ami.php, whole.
     *
     * @param array<string, mixed> $config
     */
    public function configure(array $config): self
    {
        file_put_contents("{$this->path}/config/ami.php", '<?php return ' . var_export($config, true) . ';');

        return $this;
    }

    /** Has the application do this when it boots. */
    public function onBoot(string $php): self
    {
        file_put_contents("{$this->path}/boot.php", "<?php\n$php\n");

        return $this;
    }

    /**
     * @param list<string> $arguments
     * @param array<string, string> $environment
     */
    public function artisan(array $arguments, array $environment = []): ArtisanProcess
    {
        return $this->processes[] = new ArtisanProcess($this, $arguments, [
            'APP_BOOT' => "{$this->path}/boot.php",
            ...$environment,
        ]);
    }

    /** With every process of it. */
    public function remove(): void
    {
        array_walk($this->processes, static fn(ArtisanProcess $process) => $process->kill());
        $this->processes = [];
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
