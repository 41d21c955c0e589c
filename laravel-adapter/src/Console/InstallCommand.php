<?php

declare(strict_types=1);

namespace Apn\AmiClient\Laravel\Console;

use Symfony\Component\Console\Attribute\AsCommand;

#[AsCommand(name: 'ami:install')]
final class InstallCommand extends AmiCommand
{
    protected $signature = 'ami:install {--force : Overwrite config/ami.php}';

    protected $description = 'Publish config/ami.php and say what to set';

    public function handle(): int
    {
        $this->callSilently('vendor:publish', ['--tag' => 'ami-config', '--force' => $this->option('force')]);
        $this->components->info('config/ami.php is there.');
        $this->components->bulletList([
            'AMI_HOST, AMI_USERNAME and AMI_SECRET in .env: an account of the server\'s manager.conf',
            'php artisan ami:doctor says whether they work, php artisan ami:listen listens',
        ]);
        if (!extension_loaded('ami_client')) {
            $this->components->error('The PHP extension ami_client is missing: nothing here works without it.');

            return self::FAILURE;
        }

        return self::SUCCESS;
    }

    protected function worksWithoutExtension(): bool
    {
        return true;
    }
}
