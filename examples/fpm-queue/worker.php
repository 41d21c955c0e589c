<?php

/**
 * Holds the session for all FPM children: they ask over a Unix socket, one line of JSON each way (client.php).
 *
 * usage: AMI_DSN=ami://dialer:secret@10.0.0.5 php examples/fpm-queue/worker.php /run/ami/queue.sock
 *
 * It takes named jobs, not actions: whoever takes over a page must not run what he likes on the PBX. Give the folder of the socket to the group
 * that FPM runs in.
 */

declare(strict_types=1);

use Apn\AmiClient\Action;
use Apn\AmiClient\Actions\Originate;
use Apn\AmiClient\Actions\QueuePause;
use Apn\AmiClient\AmiClientManager;
use Apn\AmiClient\Dsn;
use Apn\AmiClient\Exception\AmiThrowable;
use Apn\AmiClient\OriginateResult;
use Apn\AmiClient\Response;

require __DIR__ . '/../../php/autoload.php';

final class QueueWorker
{
    /** More children than this wait in the socket's backlog. */
    private const int CLIENTS_MAX = 200;
    private const int LINE_BYTES_MAX = 8_192;

    /** @var resource */
    private $socket;

    /** @var array<int, resource> those that have not said their line, by id */
    private array $asking = [];

    /** @var array<int, string> what they have said of it so far */
    private array $lines = [];
    private int $answering = 0;
    private bool $isStopping = false;

    public function __construct(
        private readonly AmiClientManager $ami,
        private readonly string $path,
    ) {
        // One that a worker left behind that was killed.
        if (file_exists($path)) {
            unlink($path);
        }
        umask(0o117);
        $socket = stream_socket_server("unix://{$path}");
        $this->socket = $socket !== false ? $socket : throw new RuntimeException("cannot listen on {$path}");
    }

    public function run(): void
    {
        $this->ami->connectAll();
        while (!$this->isStopping || $this->answering > 0) {
            $milliseconds = min(1_000, $this->ami->nextDeadlineMs() ?? 1_000);
            $read = [$this->ami->getStream(), ...array_values($this->asking)];
            if (!$this->isStopping && (count($this->asking) + $this->answering) < self::CLIENTS_MAX) {
                $read[] = $this->socket;
            }
            $write = $except = null;
            // A signal ends the wait early, with a warning.
            if (
                @stream_select($read, $write, $except, intdiv($milliseconds, 1_000), ($milliseconds % 1_000) * 1_000)
                === false
            ) {
                $read = [];
            }
            $this->ami->tick();
            foreach ($read ?? [] as $stream) {
                match (true) {
                    $stream === $this->socket => $this->accept(),
                    isset($this->asking[get_resource_id($stream)]) => $this->hear($stream),
                    default => null,
                };
            }
        }
        $this->ami->terminate(grace: 2.0);
        unlink($this->path);
    }

    public function stop(): void
    {
        $this->isStopping = true;
    }

    private function accept(): void
    {
        $client = @stream_socket_accept($this->socket, timeout: 0.0);
        if ($client !== false) {
            stream_set_blocking($client, enable: false);
            $this->asking[get_resource_id($client)] = $client;
            $this->lines[get_resource_id($client)] = '';
        }
    }

    /** @param resource $client */
    private function hear($client): void
    {
        $id = get_resource_id($client);
        $this->lines[$id] .= (string) fread($client, self::LINE_BYTES_MAX);
        $isWhole = str_ends_with($this->lines[$id], "\n");
        if (!$isWhole && strlen($this->lines[$id]) < self::LINE_BYTES_MAX && !feof($client)) {
            return;
        }
        $line = $this->lines[$id];
        unset($this->asking[$id], $this->lines[$id]);
        try {
            $job = $isWhole ? json_decode($line, associative: true) : null;
            $pending = $this->ami->send(self::action(is_array($job) ? $job : []));
        } catch (AmiThrowable|InvalidArgumentException $error) {
            self::answer($client, [
                'error' => $error->getMessage(),
                'retry' => $error instanceof AmiThrowable && $error->isRetrySafe(),
            ]);

            return;
        }
        ++$this->answering;
        $pending->onComplete(function (?Throwable $error, ?Response $response) use ($client): void {
            --$this->answering;
            self::answer($client, match (true) {
                $response !== null && $response->getCompleteEvent()?->name === 'OriginateResponse' => [
                    'outcome' => OriginateResult::of($response)->outcome->value,
                ],
                $response !== null => ['message' => $response->getMessage()],
                default => [
                    'error' => (string) $error?->getMessage(),
                    'retry' => $error instanceof AmiThrowable && $error->isRetrySafe(),
                ],
            });
        });
    }

    /**
     * The jobs there are. An argument that is missing or no text is refused here.
     *
     * @param array<array-key, mixed> $job
     */
    private static function action(array $job): Action
    {
        $text = static fn(string $name): string => is_string($job[$name] ?? null)
            && preg_match('/^[\w\/.+-]{1,80}$/D', $job[$name]) === 1
                ? $job[$name]
                : throw new InvalidArgumentException("{$name} is missing or not allowed");

        return match ($job['job'] ?? null) {
            'call' => new Originate(
                channel: 'Local/' . $text('phone') . '@answer',
                exten: $text('number'),
                context: 'answer',
                priority: 1,
                timeoutMs: 20_000,
                async: true,
            ),
            'pause' => new QueuePause(interface: 'PJSIP/' . $text('agent'), paused: (bool) ($job['paused'] ?? true)),
            default => throw new InvalidArgumentException('there is no such job'),
        };
    }

    /**
     * @param resource $client
     * @param array<string, mixed> $answer
     */
    private static function answer($client, array $answer): void
    {
        // Whoever asked may have gone.
        @fwrite($client, json_encode($answer, JSON_THROW_ON_ERROR | JSON_INVALID_UTF8_SUBSTITUTE) . "\n");
        fclose($client);
    }
}

$path = $argv[1] ?? throw new RuntimeException('usage: worker.php SOCKET');
$dsn = getenv('AMI_DSN') ?: throw new RuntimeException('set AMI_DSN, such as ami://dialer:secret@10.0.0.5');
$worker = new QueueWorker(new AmiClientManager([Dsn::server('pbx1', $dsn)]), $path);
pcntl_async_signals(true);
pcntl_signal(SIGTERM, $worker->stop(...));
pcntl_signal(SIGINT, $worker->stop(...));
$worker->run();
