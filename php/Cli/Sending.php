<?php

declare(strict_types=1);

namespace Apn\AmiClient\Cli;

use Apn\AmiClient\Action;
use Apn\AmiClient\AmiClientManager;
use Apn\AmiClient\Exception\ActionErrorResponseException;
use Apn\AmiClient\Exception\AmiThrowable;
use Apn\AmiClient\Response;

/** Sends one action to one or more servers: to all of them, before it waits for the first answer. */
final readonly class Sending
{
    public function __construct(
        private AmiClientManager $manager,
        private Connections $connections,
        private Console $console,
    ) {}

    /**
     * @param list<string> $keys
     *
     * @return bool true if the action succeeded on every server
     */
    public function send(Action $action, array $keys, float $timeout, Answers $answers): bool
    {
        try {
            $failed = $this->connections->open($keys, $timeout);
            foreach ($failed as $key => $why) {
                $this->console->error("ami: {$key} is not connected: {$why}");
            }
            $isDone = $failed === [];
            $pendings = $this->manager->sendAll($action, array_values(array_diff($keys, array_keys($failed))));
            $deadline = microtime(true) + $timeout;
            foreach ($pendings as $key => $pending) {
                if (count($keys) > 1) {
                    $answers->heading($key);
                }
                try {
                    $response = $this->console->whileWaiting(
                        "waiting for the answer of {$key}",
                        static fn(): Response => $pending->await(max(0.001, $deadline - microtime(true))),
                    );
                    $answers->show($key, $response);
                    $isDone = $isDone && !self::hasFailed($response);
                } catch (ActionErrorResponseException $error) {
                    $answers->show($key, $error->response);
                    $isDone = false;
                } catch (AmiThrowable $error) {
                    $this->console->error("ami: {$error->getMessage()}");
                    $isDone = false;
                }
            }

            return $isDone;
        } finally {
            $this->manager->terminate();
        }
    }

    /** True if an asynchronous Originate failed. Its response is always a success; the event that completes it has the outcome. */
    private static function hasFailed(Response $response): bool
    {
        return strcasecmp($response->getCompleteEvent()?->get('Response') ?? '', 'Failure') === 0;
    }
}
