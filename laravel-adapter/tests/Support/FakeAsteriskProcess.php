<?php

declare(strict_types=1);

namespace Apn\AmiClient\Laravel\Tests\Support;

use RuntimeException;

/** Fake Asterisk servers in a process of their own, which ends with the test. */
final class FakeAsteriskProcess
{
    public const string USER = 'admin';
    public const string SECRET = 's3cret';

    /** @var list<int> */
    public readonly array $ports;

    /** @var resource */
    private $process;

    /** @param string ...$options its own, and "2>FILE" for where --log goes */
    public function __construct(int $nodes = 1, string ...$options)
    {
        $log = '/dev/null';
        $command = [(string) getenv('AMI_FAKE_ASTERISK'), '--nodes', (string) $nodes];
        foreach ($options as $option) {
            if (str_starts_with($option, '2>')) {
                $log = substr($option, 2);
            } else {
                $command[] = $option;
            }
        }
        $process = proc_open($command, [1 => ['pipe', 'w'], 2 => ['file', $log, 'w']], $pipes);
        if ($process === false) {
            throw new RuntimeException('fake-asterisk does not start');
        }
        $this->process = $process;
        $ports = [];
        while (count($ports) < $nodes && ($line = fgets($pipes[1])) !== false) {
            $ports[] = (int) substr((string) strrchr(rtrim($line), ':'), 1);
        }
        $this->ports = $ports;
        register_shutdown_function($this->stop(...));
    }

    public function __destruct()
    {
        $this->stop();
    }

    public function stop(): void
    {
        if (is_resource($this->process)) {
            proc_terminate($this->process, SIGKILL);
            proc_close($this->process);
        }
    }

    /** As a machine that hangs: connections stay, and nothing is answered any more. */
    public function stand(): void
    {
        proc_terminate($this->process, SIGSTOP);
    }

    /**
     * The servers as config/ami.php has them: pbx1, pbx2, …
     *
     * @param array<string, mixed> $more
     *
     * @return array<string, array<string, mixed>>
     */
    public function servers(array $more = []): array
    {
        $servers = [];
        foreach ($this->ports as $index => $port) {
            $servers['pbx' . ($index + 1)] = [
                'host' => '127.0.0.1',
                'port' => $port,
                'username' => self::USER,
                'secret' => self::SECRET,
                ...$more,
            ];
        }

        return $servers;
    }
}
