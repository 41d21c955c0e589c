<?php

declare(strict_types=1);

return [
    'default' => 'none',
    'connections' => [],
    'redis' => [
        'client' => env('REDIS_CLIENT', 'phpredis'),
        'options' => ['prefix' => env('REDIS_PREFIX', 'app_')],
        'default' => ['host' => '127.0.0.1', 'port' => env('REDIS_PORT', 6379), 'database' => 0],
    ],
];
