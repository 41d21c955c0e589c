<?php

declare(strict_types=1);

namespace Apn\AmiClient\Laravel\Worker;

use Apn\AmiClient\Exception\InvalidConfigurationException;
use Apn\AmiClient\Metrics\PrometheusRenderer;

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

    /** @var array<int, array{resource, string, ?string, float}> stream, request, what is left of the answer, when it is let go */
    private array $clients = [];

    public function __construct(
        string $address,
        private readonly WorkerMetrics $metrics,
    ) {
        $listener = @stream_socket_server("tcp://$address", $code, $why);
        if ($listener === false) {
            throw new InvalidConfigurationException("--metrics=$address: $why");
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
            $this->clients[(int) $stream] = [$stream, '', null, $now + self::CLIENT_SECONDS];
        }
        foreach ($this->clients as $id => [$stream, $request, $answer, $until]) {
            if ($answer === null) {
                $request .= (string) fread($stream, self::REQUEST_BYTES_MAX);
                $isWhole = str_contains($request, "\r\n\r\n") || strlen($request) > self::REQUEST_BYTES_MAX;
                $answer = $isWhole ? $this->response() : null;
            }
            $answer = $answer === null ? null : substr($answer, (int) @fwrite($stream, $answer));
            $this->clients[$id] = [$stream, $request, $answer, $until];
            // A client that has asked may have closed its half, and still reads.
            if ($answer === '' || $now >= $until || $answer === null && feof($stream)) {
                fclose($stream);
                unset($this->clients[$id]);
            }
        }

        return $now + ($this->clients === [] ? self::POLL_SECONDS : 0.01);
    }

    public function finish(float $now): void
    {
        fclose($this->listener);
    }

    private function response(): string
    {
        $body = $this->metrics->text();
        $type = PrometheusRenderer::CONTENT_TYPE;
        $length = strlen($body);
        $head = "HTTP/1.1 200 OK\r\nContent-Type: $type\r\nContent-Length: $length\r\nConnection: close";

        return "$head\r\n\r\n$body";
    }
}
