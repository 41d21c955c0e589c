<?php

declare(strict_types=1);

namespace Apn\AmiClient\Recording;

/**
 * A connected client of ReplayServer: its socket, its session, and the bytes that wait to be written.
 *
 * @internal
 */
final class ReplayClient
{
    /** Bytes that may wait to be written. A client that does not read is disconnected above this, as by Asterisk. */
    private const int OUTPUT_BYTES_MAX = 4 * 1024 * 1024;

    private string $output = ReplaySession::BANNER;
    private bool $isOpen = true;

    /** @param resource $socket */
    public function __construct(
        public readonly mixed $socket,
        private readonly ReplaySession $session,
    ) {
        stream_set_blocking($socket, enable: false);
    }

    public function isOpen(): bool
    {
        return $this->isOpen;
    }

    public function isLoggedIn(): bool
    {
        return $this->session->isLoggedIn();
    }

    public function hasOutput(): bool
    {
        return $this->output !== '';
    }

    public function read(): void
    {
        $bytes = Quietly::call(fn() => fread($this->socket, length: 65_536));
        if ($bytes === false || $bytes === '' && feof($this->socket)) {
            $this->close();

            return;
        }
        $this->output .= $this->session->receive($bytes);
    }

    public function send(string $bytes): void
    {
        $this->output .= $bytes;
    }

    /** Writes as many bytes as the socket accepts. */
    public function flush(): void
    {
        $written = Quietly::call(fn() => fwrite($this->socket, $this->output));
        $this->output = substr($this->output, (int) $written);
        $isDone = $this->session->hasEnded() && $this->output === '';
        if ($written === false || $isDone || strlen($this->output) > self::OUTPUT_BYTES_MAX) {
            $this->close();
        }
    }

    public function close(): void
    {
        if ($this->isOpen) {
            $this->isOpen = false;
            fclose($this->socket);
        }
    }
}
