<?php

declare(strict_types=1);

namespace Apn\AmiClient\Tests\Real\Live;

use Apn\AmiClient\Tests\Real\Server\Asterisk;

/** Servers that tests may kill, with a dialplan for calls of every kind. */
final class Servers
{
    private const array FILES = ['extensions.conf' => 'dialplan reload', 'queues.conf' => 'queue reload all'];

    public static function expendable(int $version): Asterisk
    {
        $server = Asterisk::expendable($version);
        foreach (self::FILES as $file => $reload) {
            $own = (string) file_get_contents(__DIR__ . "/{$file}");
            if (!str_contains($server->configuration($file), $own)) {
                $server->configure($file, $server->configuration($file) . $own);
                $server->console($reload);
            }
        }

        return $server;
    }

    private function __construct() {}
}
