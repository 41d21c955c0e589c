<?php

declare(strict_types=1);

namespace Apn\AmiClient\Recording;

use Apn\AmiClient\Action;
use Apn\AmiClient\ActionSender;
use Apn\AmiClient\AmiClientManager;
use Apn\AmiClient\AmiEvent;
use Apn\AmiClient\ConnectionState;
use Apn\AmiClient\DisconnectReason;
use Apn\AmiClient\Exception\ActionErrorResponseException;
use Apn\AmiClient\Gap;
use Apn\AmiClient\Pending;
use Apn\AmiClient\Response;
use Apn\AmiClient\Subscription;

/**
 * Records the events, gaps and state changes of a manager's servers to a file for Replay, and the actions sent through the recorder with their answers.
 * Secrets are removed.
 *
 * While it records, every event goes through the event queues, even if no other listener wants it.
 */
final class Recorder implements ActionSender
{
    private ?RecordingFile $file;
    private readonly float $started;
    private readonly Redactor $redactor;

    /** @var list<Subscription> */
    private array $subscriptions;

    /**
     * @param list<string> $redactionKeys names of further secrets, as in ClusterOptions::$redactionKeys
     * @param int $bytesMax largest size of the file; the recording ends before it is exceeded
     *
     * @throws \RuntimeException if the file exists already or cannot be made
     */
    public function __construct(
        private readonly AmiClientManager $manager,
        string $file,
        array $redactionKeys = [],
        int $bytesMax = 64 * 1024 * 1024,
    ) {
        $this->file = RecordingFile::create($file, $bytesMax);
        $this->started = microtime(true);
        $this->redactor = new Redactor($redactionKeys);
        $this->subscriptions = [
            $manager->onEvent('*', $this->recordEvent(...)),
            $manager->onStateChange($this->recordState(...)),
            $manager->onGap($this->recordGap(...)),
        ];
    }

    public function send(Action $action, ?string $server = null): Pending
    {
        $pending = $this->manager->send($action, $server);
        $pending->onComplete(function (?\Throwable $error, ?Response $response) use ($action, $pending): void {
            $this->recordAction($action, $pending->getServerKey(), $error, $response);
        });

        return $pending;
    }

    /** False after stop(), after the file has reached its largest size, and after the disk was full. */
    public function isRecording(): bool
    {
        return $this->file !== null;
    }

    public function stop(): void
    {
        foreach ($this->subscriptions as $subscription) {
            $subscription->cancel();
        }
        $this->subscriptions = [];
        $this->file?->close();
        $this->file = null;
    }

    private function recordEvent(AmiEvent $event): void
    {
        $this->write($event->serverKey, $event->receivedAt, ['event' => $this->headers($event)]);
    }

    private function recordState(
        string $server,
        ConnectionState $from,
        ConnectionState $to,
        ?DisconnectReason $reason,
        string $detail,
    ): void {
        $this->write($server, null, [
            'state' => $to->value,
            'from' => $from->value,
            'reason' => $reason?->value,
            'detail' => $detail,
        ]);
    }

    private function recordGap(Gap $gap): void
    {
        $this->write($gap->serverKey, $gap->to, ['gap' => $gap->reason?->value, 'dropped' => $gap->dropped]);
    }

    private function recordAction(Action $action, string $server, ?\Throwable $error, ?Response $response): void
    {
        $entry = ['action' => $this->redactor->headers(Headers::ofAction($action))];
        $response ??= $error instanceof ActionErrorResponseException ? $error->response : null;
        if ($response !== null) {
            $complete = $response->getCompleteEvent();
            $entry['answer'] = $this->headers($response);
            $entry['events'] = array_map($this->headers(...), $response->getEvents());
            $entry['complete'] = $complete === null ? null : $this->headers($complete);
        }
        if ($error !== null) {
            $entry['error'] = $error::class . ': ' . $error->getMessage();
        }
        $this->write($server, null, $entry);
    }

    private function headers(AmiEvent|Response $message): Headers
    {
        return $this->redactor->headers(new Headers($message->getRawHeaders()));
    }

    /** @param array<string, mixed> $entry */
    private function write(string $server, ?float $time, array $entry): void
    {
        $at = round(($time ?? microtime(true)) - $this->started, 6);
        if ($this->file !== null && !$this->file->write(['at' => $at, 'server' => $server, ...$entry])) {
            $this->stop();
        }
    }
}
