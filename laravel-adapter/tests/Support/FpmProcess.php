<?php

declare(strict_types=1);

namespace Apn\AmiClient\Laravel\Tests\Support;

use RuntimeException;

/** A real PHP-FPM over an application's public/index.php, and a FastCGI client for it. */
final class FpmProcess
{
    /** Hundreds of children share two cores. */
    private const int ANSWER_SECONDS = 300;
    private const int BEGIN_REQUEST = 1;
    private const int END_REQUEST = 3;
    private const int PARAMS = 4;
    private const int STDIN = 5;
    private const int STDOUT = 6;

    private readonly string $socket;

    /** @var resource */
    private $process;

    /** @param array<string, string> $environment */
    public function __construct(
        private readonly Skeleton $application,
        int $children,
        array $environment,
    ) {
        $this->socket = "{$application->path}/fpm.sock";
        $logs = "{$application->path}/storage/logs";
        file_put_contents("{$application->path}/fpm.conf", implode("\n", [
            '[global]',
            "error_log = $logs/fpm",
            'daemonize = no',
            // A reload lets children finish the request they have.
            'process_control_timeout = 10',
            '[www]',
            "listen = {$this->socket}",
            'listen.backlog = 511',
            'pm = static',
            "pm.max_children = $children",
            'clear_env = no',
            'catch_workers_output = yes',
            '',
        ]));
        $process = proc_open(
            [
                (string) getenv('AMI_PHP_FPM'),
                '--nodaemonize',
                '--allow-to-run-as-root',
                '--fpm-config',
                "{$application->path}/fpm.conf",
            ],
            [1 => ['file', "$logs/fpm.out", 'w'], 2 => ['file', "$logs/fpm.out", 'a']],
            $pipes,
            $application->path,
            [...getenv(), 'APP_ENV' => 'production', 'APP_BOOT' => "{$application->path}/boot.php", ...$environment],
        );
        if ($process === false) {
            throw new RuntimeException('php-fpm does not start');
        }
        $this->process = $process;
        register_shutdown_function($this->stop(...));
        // Its socket is there a moment before it listens.
        Wait::until(fn(): bool => $this->timesReady() > 0 || !proc_get_status($process)['running'], 'php-fpm listens');
    }

    /**
     * Sends all requests before it reads the first answer.
     *
     * @param list<string> $paths
     *
     * @return list<string> the bodies
     */
    public function get(array $paths): array
    {
        $connections = array_map($this->begin(...), $paths);

        return array_map($this->body(...), $connections);
    }

    /** Returns when the new children serve: what an old one was asked at that moment would get no answer. */
    public function reload(): void
    {
        $before = $this->timesReady();
        posix_kill(proc_get_status($this->process)['pid'], SIGUSR2);
        Wait::until(fn(): bool => $this->timesReady() > $before, 'php-fpm reloads');
    }

    private function timesReady(): int
    {
        $log = "{$this->application->path}/storage/logs/fpm";

        return is_file($log) ? substr_count((string) file_get_contents($log), 'ready to handle connections') : 0;
    }

    public function stop(): void
    {
        if (is_resource($this->process)) {
            // Its children end with it.
            proc_terminate($this->process, SIGTERM);
            proc_close($this->process);
        }
    }

    /** @return resource */
    private function begin(string $path)
    {
        $stream = stream_socket_client("unix://{$this->socket}", $code, $why, 10.0);
        if ($stream === false) {
            throw new RuntimeException("php-fpm: $why");
        }
        stream_set_timeout($stream, self::ANSWER_SECONDS);
        $parameters = '';
        foreach ([
            'SCRIPT_FILENAME' => "{$this->application->path}/public/index.php",
            'SCRIPT_NAME' => '/index.php',
            'REQUEST_METHOD' => 'GET',
            'REQUEST_URI' => $path,
            'SERVER_PROTOCOL' => 'HTTP/1.1',
            'HTTP_HOST' => 'localhost',
        ] as $name => $value) {
            $parameters .= pack('NN', strlen($name) | (1 << 31), strlen($value) | (1 << 31)) . $name . $value;
        }
        fwrite(
            $stream,
            self::record(self::BEGIN_REQUEST, pack('nCx5', 1, 0))
                . self::record(self::PARAMS, $parameters)
                . self::record(self::PARAMS, '')
                . self::record(self::STDIN, ''),
        );

        return $stream;
    }

    /** @param resource $stream */
    private function body($stream): string
    {
        $output = '';
        while (strlen($header = (string) stream_get_contents($stream, 8)) === 8) {
            $record = unpack('Cversion/Ctype/nid/nlength/Cpadding', $header);
            $content = (string) stream_get_contents($stream, $record['length']);
            stream_get_contents($stream, $record['padding']);
            if ($record['type'] === self::STDOUT) {
                $output .= $content;
            } elseif ($record['type'] === self::END_REQUEST) {
                break;
            }
        }
        fclose($stream);

        return explode("\r\n\r\n", $output, 2)[1] ?? '';
    }

    private static function record(int $type, string $content): string
    {
        return pack('CCnnCx', 1, $type, 1, strlen($content), 0) . $content;
    }
}
