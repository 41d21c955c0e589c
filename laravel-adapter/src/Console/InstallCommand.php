<?php

declare(strict_types=1);

namespace Apn\AmiClient\Laravel\Console;

use Illuminate\Filesystem\Filesystem;
use Illuminate\Support\Str;
use Symfony\Component\Console\Attribute\AsCommand;

#[AsCommand(name: 'ami:install')]
final class InstallCommand extends AmiCommand
{
    private const array VARIABLES = ['AMI_HOST=127.0.0.1', 'AMI_USERNAME=', 'AMI_SECRET=', 'AMI_REDIS_CONNECTION='];

    protected bool $needsExtension = false;

    protected $signature = 'ami:install {--force : Overwrite files that exist already}';

    protected $description = 'Install the configuration, a service provider and the variables of .env';

    public function handle(Filesystem $files): int
    {
        $force = ['--force' => $this->option('force')];
        $this->callSilently('vendor:publish', ['--tag' => 'ami-config', ...$force]);
        $this->callSilently('vendor:publish', ['--tag' => 'ami-provider', ...$force]);
        $this->components->info('Published config/ami.php and app/Providers/AmiServiceProvider.php.');
        foreach (['.env', '.env.example'] as $file) {
            $this->addVariables($files, $this->laravel->basePath($file));
        }
        $this->registerProvider($files);
        $this->components->bulletList([
            'Set AMI_HOST, AMI_USERNAME and AMI_SECRET in .env to an account of the server\'s manager.conf',
            'Set AMI_REDIS_CONNECTION=default to send actions from web requests and jobs',
            'Run "php artisan ami:doctor" to check them, and "php artisan ami:listen" to listen',
        ]);
        if (!extension_loaded('ami_client')) {
            $this->components->warn('The PHP extension ami_client is missing: run "pie install apn/ami-client-ext".');
        }

        return self::SUCCESS;
    }

    private function addVariables(Filesystem $files, string $path): void
    {
        if (!$files->exists($path)) {
            return;
        }
        $content = $files->get($path);
        $missing = array_filter(
            self::VARIABLES,
            static fn(string $line): bool => preg_match('/^' . Str::before($line, '=') . '=/m', $content) !== 1,
        );
        if ($missing !== []) {
            $files->append($path, PHP_EOL . implode(PHP_EOL, $missing) . PHP_EOL);
            $this->components->twoColumnDetail(basename($path), implode(', ', $missing));
        }
    }

    /** In bootstrap/providers.php, which applications have since Laravel 11. */
    private function registerProvider(Filesystem $files): void
    {
        $path = $this->laravel->bootstrapPath('providers.php');
        $class = 'App\\Providers\\AmiServiceProvider::class';
        if (!$files->exists($path)) {
            $this->components->warn("Add $class to the providers of config/app.php.");
        } elseif (!str_contains($files->get($path), $class)) {
            $files->put($path, (string) preg_replace('/\n\];/', "\n    $class,\n];", $files->get($path), limit: 1));
        }
    }
}
