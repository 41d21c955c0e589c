<?php

declare(strict_types=1);

namespace Apn\AmiClient\Laravel\Facades;

use Apn\AmiClient\Laravel\AmiService;
use Illuminate\Support\Facades\Facade;

/**
 * Asterisk from anywhere in the application. What is here is safe in a web request, save what `direct` says of itself.
 *
 * @method static void serversUsing(\Closure $servers)
 * @method static void on(string|array $names, string|callable $target, array $where = [])
 * @method static \Apn\AmiClient\Laravel\Remote\RemoteServer to(?string $server = null)
 * @method static \Apn\AmiClient\AmiClient direct(?string $server = null, float $wait = 5.0)
 * @method static \Apn\AmiClient\AmiClientManager manager()
 * @method static list<string> serverKeys()
 *
 * @see AmiService
 */
final class Ami extends Facade
{
    protected static function getFacadeAccessor(): string
    {
        return AmiService::class;
    }
}
