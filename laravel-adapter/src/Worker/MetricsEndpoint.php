<?php

declare(strict_types=1);

namespace Apn\AmiClient\Laravel\Worker;

use Apn\AmiClient\Metrics\PrometheusRenderer;
use RuntimeException;

/** Answers every HTTP request on its address with the metrics of this worker, in the text format of Prometheus. */
final class MetricsEndpoint implements Task
{
    private const float POLL_SECONDS = 0.25;
    /** A client that does not send or take its bytes by then is let go. */
    private const float CLIENT_SECONDS = 5.0;
    private const int REQUEST_BYTES_MAX = 8_192;
    private const int CLIENTS_MAX = 32;

    /** @var resource */
    private $listener;

    /** @var array<int, array{stream: resource, in: string, out: ?string, until: float}> */
    private array $clients = [];

    public function __construct(
        string $address,
        private readonly WorkerMetrics $metrics,
    ) {
        $listener = @stream_socket_server("tcp://$address", $code, $why);
        if ($listener === false) {
            throw new RuntimeException("--metrics=$address: $why");
        }
        stream_set_blocking($listener, enable: false);
        $this->listener = $listener;
    }

    public function turn(float $now): float
    {
        while (
            count($this->clients) < self::CLIENTS_MAX
            && ($stream = @stream_socket_accept($this->listener, 0.0)) !== false
        ) {
            stream_set_blocking($stream, enable: false);
            $this->clients[(int) $stream] = [
                'stream' => $stream,
                'in' => '',
                'out' => null,
                'until' => $now + self::CLIENT_SECONDS,
            ];
        }
        foreach ($this->clients as $id => $client) {
            $this->clients[$id] = $client = $this->serve($client);
            // A client that has asked may have closed its half, and still reads.
            $isGone = $client['out'] === null && feof($client['stream']);
            if ($client['out'] === '' || $now >= $client['until'] || $isGone) {
                fclose($client['stream']);
                unset($this->clients[$id]);
            }
        }

        return $now + ($this->clients === [] ? self::POLL_SECONDS : 0.01);
    }

    public function finish(float $now): void
    {
        fclose($this->listener);
    }

    /**
     * @param array{stream: resource, in: string, out: ?string, until: float} $client
     *
     * @return array{stream: resource, in: string, out: ?string, until: float}
     */
    private function serve(array $client): array
    {
        if ($client['out'] === null) {
            $client['in'] .= (string) fread($client['stream'], self::REQUEST_BYTES_MAX);
            if (str_contains($client['in'], "\r\n\r\n") || strlen($client['in']) > self::REQUEST_BYTES_MAX) {
                $client['out'] = $this->response();
            }
        }
        if ($client['out'] !== null && $client['out'] !== '') {
            $client['out'] = substr($client['out'], (int) @fwrite($client['stream'], $client['out']));
        }

        return $client;
    }

    private function response(): string
    {
        $body = $this->metrics->text();
        $head = [
            'HTTP/1.1 200 OK',
            'Content-Type: ' . PrometheusRenderer::CONTENT_TYPE,
            'Content-Length: ' . strlen($body),
            'Connection: close',
        ];

        return implode("\r\n", $head) . "\r\n\r\n$body";
    }
}
