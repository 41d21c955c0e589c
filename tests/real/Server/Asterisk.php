<?php

declare(strict_types=1);

namespace Apn\AmiClient\Tests\Real\Server;

/**
 * A real Asterisk on loopback, started by tools/asterisk.
 *
 * The servers of shared() are used by all tests of the process, except tests that kill, stop or reconfigure a server. These use expendable().
 */
final class Asterisk
{
    public const string SECRET = 's3cret';

    /** Longest wait on a busy machine. */
    private const float START_SECONDS = 90.0;
    private const float STOP_SECONDS = 10.0;

    /** @var array<int, self> */
    private static array $shared = [];

    /** @var array<int, self> */
    private static array $expendable = [];

    /** @var \WeakMap<self, true>|null */
    private static ?\WeakMap $running = null;

    private ?Process $process = null;
    private int $port = 0;
    private int $tlsPort = 0;

    private function __construct(
        public readonly int $version,
        /** The folder of all files that the server writes. Its configuration is in etc. */
        public readonly string $folder,
    ) {}

    /** The server of this version that all tests share. The first call starts one of each version. */
    public static function shared(int $version): self
    {
        if (self::$shared === []) {
            self::$shared = self::startBoth();
        }

        return self::$shared[$version] ?? throw new \InvalidArgumentException("no Asterisk {$version}: 16 or 22");
    }

    /** Like shared(), for tests that kill, stop or reconfigure the server. It is running, even if an earlier test stopped it. */
    public static function expendable(int $version): self
    {
        if (self::$expendable === []) {
            self::$expendable = self::startBoth();
        }
        $server = self::$expendable[$version] ?? throw new \InvalidArgumentException(
            "no Asterisk {$version}: 16 or 22",
        );
        if ($server->process === null || !$server->process->isRunning()) {
            $server->startAgain();
        }
        // The earlier test may not have waited for the whole start.
        $server->awaitReady();

        return $server;
    }

    /**
     * @param array<string, string> $config files of etc that win over those of tools/asterisk.d
     *
     * @return array<int, self> by version
     */
    public static function startBoth(array $config = []): array
    {
        $servers = [16 => self::starting(16, $config), 22 => self::starting(22, $config)];
        foreach ($servers as $server) {
            $server->awaitReady();
        }

        return $servers;
    }

    /** @param array<string, string> $config */
    private static function starting(int $version, array $config): self
    {
        if (self::$running === null) {
            self::$running = new \WeakMap();
            register_shutdown_function(self::stopAll(...));
        }
        $folder = sys_get_temp_dir() . "/ami-asterisk-{$version}-" . bin2hex(random_bytes(6));
        mkdir("{$folder}/etc", recursive: true);
        $server = new self($version, $folder);
        foreach ($config as $name => $text) {
            $server->configure($name, $text);
        }
        self::$running[$server] = true;
        $server->launch();

        return $server;
    }

    private static function stopAll(): void
    {
        foreach (self::$running ?? [] as $server => $_) {
            $server->stop();
            Folder::remove($server->folder);
        }
    }

    public function port(): int
    {
        return $this->port;
    }

    public function tlsPort(): int
    {
        return $this->tlsPort;
    }

    /** The UDP port of chan_pjsip. */
    public function sipPort(): int
    {
        preg_match('/^bind = 127\.0\.0\.1:(\d+)$/m', $this->configuration('pjsip.conf'), $bind);

        return (int) ($bind[1] ?? 0);
    }

    public function pid(): int
    {
        return $this->process?->pid ?? throw new \LogicException("Asterisk {$this->version} is not running");
    }

    /** The output of a command on the console of the server, without AMI. */
    public function console(string $command): string
    {
        $words = [
            (string) readlink("/proc/{$this->pid()}/exe"),
            '-C',
            "{$this->folder}/etc/asterisk.conf",
            '-rx',
            $command,
        ];

        return (string) shell_exec(implode(' ', array_map(escapeshellarg(...), $words)));
    }

    /** Writes a file of etc, which a reload or restart reads. */
    public function configure(string $name, string $text): void
    {
        file_put_contents("{$this->folder}/etc/{$name}", $text);
    }

    public function configuration(string $name): string
    {
        return (string) file_get_contents("{$this->folder}/etc/{$name}");
    }

    /** Starts the server again on the same ports, without waiting. */
    public function startAgain(): void
    {
        $this->launch();
    }

    /** Stops the server as an operator would. */
    public function stop(): void
    {
        if ($this->process?->signal(SIGTERM)) {
            $this->process->awaitExit(self::STOP_SECONDS) or $this->kill();
        }
        $this->process = null;
    }

    /** Kills the server, so that clients are not notified. */
    public function kill(): void
    {
        if ($this->process?->signal(SIGKILL)) {
            $this->process->awaitExit(self::STOP_SECONDS);
        }
        $this->process = null;
    }

    /** Sends SIGSTOP. The kernel still accepts bytes for the server, which does not read them. */
    public function pause(): void
    {
        $this->process?->pause();
    }

    public function resume(): void
    {
        $this->process?->signal(SIGCONT);
    }

    /** True if the server has printed that it is ready, this number of times since its launch. "core restart now" prints it again. */
    public function isReady(int $times = 1): bool
    {
        return $this->process !== null && substr_count($this->process->output(), 'Asterisk Ready.') >= $times;
    }

    private function launch(): void
    {
        $this->process = Process::start([
            dirname(__DIR__, 3) . '/tools/asterisk',
            (string) $this->version,
            $this->folder,
            (string) $this->port,
            (string) $this->tlsPort,
        ], "{$this->folder}/output");
    }

    private function awaitReady(): void
    {
        $process = $this->process ?? throw new \LogicException("Asterisk {$this->version} was stopped");
        $deadline = microtime(true) + self::START_SECONDS;
        while (!$this->isReady()) {
            if (!$process->isRunning() || microtime(true) > $deadline) {
                throw new \RuntimeException("Asterisk {$this->version} did not start:\n" . $process->output());
            }
            usleep(20_000);
        }
        if (preg_match('/AMI on 127\.0\.0\.1:(\d+), TLS on 127\.0\.0\.1:(\d+)/', $process->output(), $ports) !== 1) {
            throw new \RuntimeException("tools/asterisk did not say its ports:\n" . $process->output());
        }
        [$this->port, $this->tlsPort] = [(int) $ports[1], (int) $ports[2]];
    }
}
