<?php

declare(strict_types=1);

namespace Apn\AmiClient\Tests\Fpm;

/** A real PHP-FPM that serves one script, with a minimal FastCGI client. */
final class FpmProcess
{
    private const int BEGIN_REQUEST = 1;
    private const int END_REQUEST = 3;
    private const int PARAMS = 4;
    private const int STDIN = 5;
    private const int STDOUT = 6;

    private readonly string $folder;

    /** @var resource */
    private readonly mixed $process;

    /** @var resource */
    private readonly mixed $errors;
    private string $log = '';

    /** @param array<string, string> $environment */
    public function __construct(
        private readonly string $script,
        int $children,
        array $environment,
    ) {
        $this->folder = sys_get_temp_dir() . '/ami-fpm-' . bin2hex(random_bytes(6));
        mkdir($this->folder);
        file_put_contents("{$this->folder}/fpm.conf", implode("\n", [
            '[global]',
            'error_log = /proc/self/fd/2',
            'daemonize = no',
            '[www]',
            "listen = {$this->folder}/socket",
            'pm = static',
            "pm.max_children = {$children}",
            'clear_env = no',
            '',
        ]));
        $pipes = [];
        $process = proc_open(
            [
                rtrim((string) shell_exec(escapeshellarg(\dirname(__DIR__, 3) . '/tools/php-fpm'))),
                '--nodaemonize',
                '--allow-to-run-as-root',
                '--fpm-config',
                "{$this->folder}/fpm.conf",
            ],
            [1 => ['file', '/dev/null', 'w'], 2 => ['pipe', 'w']],
            $pipes,
            env_vars: [...getenv(), ...$environment],
        );
        if ($process === false) {
            throw new \RuntimeException('php-fpm does not start');
        }
        $this->process = $process;
        $this->errors = $pipes[2] ?? throw new \RuntimeException('php-fpm has no log');
        while (!str_contains($this->log, 'ready to handle connections')) {
            $line = fgets($this->errors);
            if ($line === false) {
                throw new \RuntimeException("php-fpm does not start:\n{$this->log}");
            }
            $this->log .= $line;
        }
        stream_set_blocking($this->errors, enable: false);
    }

    public function pid(): int
    {
        return proc_get_status($this->process)['pid'];
    }

    /** The log of the process so far. */
    public function log(): string
    {
        return $this->log .= stream_get_contents($this->errors);
    }

    /**
     * Sends all requests at the same time, so that each is served by its own child.
     *
     * @param list<string> $queries
     *
     * @return list<string> the bodies of what the script answers
     */
    public function get(array $queries): array
    {
        return array_map(self::body(...), array_map($this->begin(...), $queries));
    }

    public function stop(): void
    {
        // The children end with the process.
        proc_terminate($this->process, SIGTERM);
        proc_close($this->process);
        array_map(unlink(...), glob("{$this->folder}/*") ?: []);
        rmdir($this->folder);
    }

    /** @return resource */
    private function begin(string $query)
    {
        $stream = stream_socket_client("unix://{$this->folder}/socket", timeout: 10.0);
        if ($stream === false) {
            throw new \RuntimeException('php-fpm does not listen');
        }
        stream_set_timeout($stream, 30);
        $parameters = '';
        foreach ([
            'SCRIPT_FILENAME' => $this->script,
            'REQUEST_METHOD' => 'GET',
            'QUERY_STRING' => $query,
            'SERVER_PROTOCOL' => 'HTTP/1.1',
        ] as $name => $value) {
            $parameters .= \chr(\strlen($name)) . pack('N', \strlen($value) | (1 << 31)) . $name . $value;
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
    private static function body($stream): string
    {
        $output = '';
        do {
            $header = (string) stream_get_contents($stream, 8);
            if (\strlen($header) < 8) {
                throw new \RuntimeException("php-fpm hung up after: {$output}");
            }
            /** @var array{type: int, length: int, padding: int} $record */
            $record = unpack('Cversion/Ctype/nid/nlength/Cpadding', $header);
            $content = (string) stream_get_contents($stream, $record['length']);
            stream_get_contents($stream, $record['padding']);
            $output .= $record['type'] === self::STDOUT ? $content : '';
        } while ($record['type'] !== self::END_REQUEST);
        fclose($stream);

        return explode("\r\n\r\n", $output, 2)[1] ?? '';
    }

    private static function record(int $type, string $content): string
    {
        return pack('CCnnCx', 1, $type, 1, \strlen($content), 0) . $content;
    }
}
