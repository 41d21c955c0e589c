<?php

declare(strict_types=1);

namespace Apn\AmiClient\Laravel\Tests\Support;

use RuntimeException;

/** A TCP proxy to a port of this machine whose answers come late, in a process of its own. */
final class DelayingProxy
{
    public readonly int $port;

    /** @var resource */
    private $process;

    public function __construct(int $to, int $milliseconds)
    {
        $process = proc_open(
            [PHP_BINARY, __DIR__ . '/delaying-proxy.php', (string) $to, (string) $milliseconds],
            [1 => ['pipe', 'w']],
            $pipes,
        );
        if ($process === false) {
            throw new RuntimeException('the proxy does not start');
        }
        $this->process = $process;
        $this->port = (int) fgets($pipes[1]);
        register_shutdown_function($this->stop(...));
    }

    public function stop(): void
    {
        if (is_resource($this->process)) {
            proc_terminate($this->process, SIGKILL);
            proc_close($this->process);
        }
    }
}
