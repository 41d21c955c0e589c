<?php

/**
 * What a page does: gives a job to worker.php and waits for its answer. Needs neither the extension nor Composer.
 *
 * usage: php examples/fpm-queue/client.php SOCKET '{"job":"call","phone":"201","number":"300"}'
 */

declare(strict_types=1);

final readonly class AmiQueue
{
    public function __construct(
        private string $socket,
    ) {}

    /**
     * @param array<string, scalar> $job
     *
     * @return array<array-key, mixed> "error" and "retry" where it failed: with "retry" it surely did not run
     */
    public function ask(array $job, float $seconds): array
    {
        $deadline = microtime(true) + $seconds;
        $stream = @stream_socket_client("unix://{$this->socket}", $_, $message, $seconds);
        if ($stream === false) {
            return ['error' => "the worker does not run: {$message}", 'retry' => true];
        }
        fwrite($stream, json_encode($job, JSON_THROW_ON_ERROR) . "\n");
        stream_set_timeout($stream, max(1, (int) ceil($deadline - microtime(true))));
        /** @var mixed $answer */
        $answer = json_decode((string) fgets($stream), associative: true);
        fclose($stream);

        return is_array($answer) ? $answer : ['error' => 'no answer in time: it may have run', 'retry' => false];
    }
}

if (PHP_SAPI === 'cli' && isset($argv[2]) && realpath($argv[0]) === __FILE__) {
    /** @var array<string, scalar> $job */
    $job = json_decode($argv[2], associative: true, flags: JSON_THROW_ON_ERROR);
    $answer = new AmiQueue($argv[1])->ask($job, seconds: 30.0);
    echo json_encode($answer, JSON_THROW_ON_ERROR), "\n";
    exit(isset($answer['error']) ? 1 : 0);
}
