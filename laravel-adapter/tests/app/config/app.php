<?php

declare(strict_types=1);

return [
    'name' => 'Call centre',
    'env' => env('APP_ENV', 'testing'),
    'debug' => true,
    'url' => 'http://localhost',
    'timezone' => 'UTC',
    'locale' => 'en',
    'fallback_locale' => 'en',
    'key' => 'base64:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=',
    'cipher' => 'AES-256-CBC',
    'maintenance' => ['driver' => 'file'],
    'providers' => [
        ...Illuminate\Support\ServiceProvider::defaultProviders()->toArray(),
        App\AppServiceProvider::class,
    ],
    'aliases' => Illuminate\Support\Facades\Facade::defaultAliases()->toArray(),
];
