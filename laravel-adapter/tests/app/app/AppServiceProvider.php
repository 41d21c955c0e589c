<?php

declare(strict_types=1);

namespace App;

use Illuminate\Support\ServiceProvider;

/** Does what the file named by APP_BOOT says: each test that starts a process writes its own. */
final class AppServiceProvider extends ServiceProvider
{
    public function boot(): void
    {
        $boot = (string) getenv('APP_BOOT');
        if ($boot !== '') {
            require $boot;
        }
    }
}
