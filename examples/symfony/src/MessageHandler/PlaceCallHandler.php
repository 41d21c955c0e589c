<?php

declare(strict_types=1);

namespace App\MessageHandler;

use Apn\AmiClient\Actions\Originate;
use Apn\AmiClient\AmiClientManager;
use Apn\AmiClient\Exception\AmiThrowable;
use Apn\AmiClient\OriginateResult;
use App\Message\PlaceCall;
use Symfony\Component\Messenger\Attribute\AsMessageHandler;
use Symfony\Component\Messenger\Exception\RecoverableMessageHandlingException;
use Symfony\Component\Messenger\Exception\UnrecoverableMessageHandlingException;

/** Runs in `bin/console messenger:consume`, whose process keeps its session from message to message. */
#[AsMessageHandler]
final readonly class PlaceCallHandler
{
    public function __construct(
        private AmiClientManager $ami,
    ) {}

    public function __invoke(PlaceCall $message): OriginateResult
    {
        $call = new Originate(
            channel: "Local/{$message->agent}@answer",
            exten: $message->number,
            context: 'answer',
            priority: 1,
            timeoutMs: 20_000,
            async: true,
        );
        try {
            $server = $this->ami->server('pbx1');
            if (!$server->isReady()) {
                $server->open(wait: 5.0);
            }

            return OriginateResult::of($server->send($call)->await());
        } catch (AmiThrowable $error) {
            // Messenger sends again what may be sent again, and nothing else: a phone that rang once is enough.
            throw $error->isRetrySafe()
                ? new RecoverableMessageHandlingException($error->getMessage(), previous: $error)
                : new UnrecoverableMessageHandlingException($error->getMessage(), previous: $error);
        }
    }
}
