<?php

declare(strict_types=1);

namespace Apn\AmiClient\Tests\Real\Live;

use Apn\AmiClient\Tests\Real\Server\Asterisk;
use Apn\AmiClient\Tests\Real\Server\Process;

/** A proxy to a server whose connections can be cut at any byte. */
final class Proxy
{
    public readonly int $port;
    private readonly Process $process;
    private readonly string $log;

    public function __construct(Asterisk $server)
    {
        $this->log = tempnam(sys_get_temp_dir(), 'proxy') ?: throw new \RuntimeException('no temporary file');
        $this->process = Process::start([
            PHP_BINARY,
            '-n',
            '-d',
            'extension=pcntl',
            __DIR__ . '/proxy.php',
            (string) $server->port(),
        ], $this->log);
        while (preg_match('/^:(\d+)$/m', $this->process->output(), $port) !== 1) {
            $this->process->isRunning() or throw new \RuntimeException($this->process->output());
        }
        $this->port = (int) $port[1];
    }

    public function cut(): void
    {
        $this->process->signal(SIGUSR1);
    }

    public function stop(): void
    {
        $this->process->signal(SIGTERM);
        unlink($this->log);
    }
}
