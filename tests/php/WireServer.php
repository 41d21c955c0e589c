<?php

declare(strict_types=1);

namespace Apn\AmiClient\Tests;

use Apn\AmiClient\AmiClientManager;
use Apn\AmiClient\Pending;
use Apn\AmiClient\Recording\Answer;
use Apn\AmiClient\Recording\Headers;
use Apn\AmiClient\Recording\ReplaySession;
use Apn\AmiClient\Response;
use Apn\AmiClient\ServerConfig;

/** A server on loopback in the same process. It accepts the login and keeps the bytes that follow. */
final class WireServer
{
    private const float GIVE_UP_SECONDS = 10.0;

    public readonly AmiClientManager $manager;

    /** @var resource */
    private readonly mixed $listener;

    /** @var resource|null */
    private mixed $client = null;

    private readonly ReplaySession $session;
    private string $bytes = '';

    /** @param array<string, non-empty-list<Answer>> $answers by action in lower case */
    public function __construct(array $answers = [])
    {
        $this->listener = stream_socket_server('tcp://127.0.0.1:0') ?: throw new \RuntimeException('no port');
        stream_set_blocking($this->listener, enable: false);
        $this->session = new ReplaySession($answers, null);
        $port = (int) substr((string) strrchr((string) stream_socket_get_name($this->listener, remote: false), ':'), 1);
        $this->manager = new AmiClientManager([new ServerConfig('pbx1', '127.0.0.1', $port, 'admin', 's3cret')]);
        $this->manager->connectAll();
        $this->until(fn(): bool => $this->manager->server('pbx1')->isReady());
    }

    /** @param list<array{string, string}> $headers the first names the event */
    public function emit(array $headers): void
    {
        fwrite($this->client ?? throw new \LogicException('nobody is connected'), new Headers($headers)->toWire());
        $before = $this->manager->health()['pbx1']->eventsReceived;
        $this->until(fn(): bool => $this->manager->health()['pbx1']->eventsReceived > $before);
        $this->manager->tick();
    }

    /** The lines of a sent action, without Action and ActionID. */
    public function linesOf(Pending $pending): string
    {
        $id = preg_quote($pending->getActionId(), '/');
        $found = [];
        $this->until(function () use ($id, &$found): bool {
            return preg_match("/\\nActionID: {$id}\\r\\n((?:.+\\r\\n)*)\\r\\n/", $this->bytes, $found) === 1;
        });

        return $found[1] ?? '';
    }

    /** @throws \Throwable the exception of a failed action */
    public function answerTo(Pending $pending): Response
    {
        $this->until($pending->isFinished(...));

        return $pending->getResponse() ?? throw $pending->getException() ?? new \LogicException('ended with nothing');
    }

    public function close(): void
    {
        $this->manager->terminate(grace: 0.0);
        fclose($this->listener);
    }

    /** @param \Closure(): bool $done */
    private function until(\Closure $done): void
    {
        $until = hrtime(true) + (self::GIVE_UP_SECONDS * 1e9);
        while (!$done()) {
            if (hrtime(true) > $until) {
                throw new \RuntimeException('nothing came');
            }
            $this->manager->tick(1);
            $this->serve();
        }
    }

    private function serve(): void
    {
        if ($this->client === null) {
            // On loopback the manager has connected before its first tick ends.
            $this->client = stream_socket_accept($this->listener, timeout: 5.0) ?: null;
            if ($this->client !== null) {
                stream_set_blocking($this->client, enable: false);
                fwrite($this->client, ReplaySession::BANNER);
            }

            return;
        }
        $bytes = (string) fread($this->client, length: 65_536);
        $this->bytes .= $bytes;
        fwrite($this->client, $this->session->receive($bytes));
    }
}
