<?php

declare(strict_types=1);

namespace Apn\AmiClient\Laravel\Cluster\Remote;

use Apn\AmiClient\Action;
use Apn\AmiClient\AmiEvent;
use Apn\AmiClient\AsyncEventStrategy;
use Apn\AmiClient\CompletionStrategy;
use Apn\AmiClient\Exception\ActionErrorResponseException;
use Apn\AmiClient\Exception\ActionNotSentException;
use Apn\AmiClient\Exception\AmiException;
use Apn\AmiClient\Exception\AmiThrowable;
use Apn\AmiClient\Exception\InvalidActionException;
use Apn\AmiClient\Exception\OutcomeUnknownException;
use Apn\AmiClient\FollowsResponseStrategy;
use Apn\AmiClient\GenericAction;
use Apn\AmiClient\MultiEventStrategy;
use Apn\AmiClient\Response;
use Apn\AmiClient\SingleResponseStrategy;
use Throwable;

/** Actions and their ends as text, for the way between a process and the worker that holds the server. */
final class ActionCodec
{
    private const array STRATEGIES = [
        SingleResponseStrategy::class,
        MultiEventStrategy::class,
        FollowsResponseStrategy::class,
        AsyncEventStrategy::class,
    ];

    public static function encodeAction(Action $action): string
    {
        $strategy = $action->getCompletionStrategy();
        if ($strategy !== null && !in_array($strategy::class, self::STRATEGIES, strict: true)) {
            $what = "action `{$action->getName()}`: its strategy is " . $strategy::class;
            throw new InvalidActionException("$what, must be one of the library's own to go to another process");
        }

        return base64_encode(serialize([$action->getName(), $action->getParameters(), $strategy]));
    }

    public static function decodeAction(string $text): Action
    {
        /** @var array{string, array<string, scalar|list<scalar>|array<string, scalar>|null>, ?CompletionStrategy} $parts */
        $parts = self::unserialize($text, self::STRATEGIES);

        return new GenericAction(...$parts);
    }

    public static function encodeEnd(?Throwable $error, ?Response $response): string
    {
        return base64_encode(serialize([
            'response' => $response,
            'error' => $error === null ? null : $error::class,
            'message' => $error?->getMessage(),
            'action_id' => $error instanceof AmiException ? $error->actionId : null,
            'is_retry_safe' => $error instanceof AmiThrowable && $error->isRetrySafe(),
            'of_error' => $error instanceof ActionErrorResponseException ? $error->response : null,
        ]));
    }

    public static function decodeEnd(string $text, string $server): Response|Throwable
    {
        $end = self::unserialize($text, [Response::class, AmiEvent::class]);
        if ($end['response'] instanceof Response) {
            return $end['response'];
        }
        /** @var array{error: class-string, message: string, action_id: ?string, is_retry_safe: bool, of_error: ?Response} $end */
        ['error' => $class, 'message' => $message, 'action_id' => $id] = $end;
        if ($end['of_error'] !== null) {
            return self::refusal($message, $server, (string) $id, $end['of_error']);
        }

        return match (true) {
            $class === InvalidActionException::class => new InvalidActionException($message),
            // What only the worker's own session says is, for the caller, an action that was not sent.
            $end['is_retry_safe'] => new ActionNotSentException($message, $server, $id),
            // Each of these is made as their abstract class says.
            // @mago-expect analysis:abstract-instantiation
            is_subclass_of($class, AmiException::class) => new $class($message, $server, $id),
            default => new OutcomeUnknownException("{$message} ($class)", $server, $id),
        };
    }

    /** Its response has no other way in than that of unserialize(). */
    private static function refusal(
        string $message,
        string $server,
        string $id,
        Response $response,
    ): ActionErrorResponseException {
        $class = ActionErrorResponseException::class;
        $properties = ["\0*\0message" => $message, 'serverKey' => $server, 'actionId' => $id, 'response' => $response];
        $text = 'O:' . strlen($class) . ":\"$class\"" . substr(serialize($properties), 1);

        /** @var ActionErrorResponseException */
        return unserialize($text, ['allowed_classes' => [$class, Response::class, AmiEvent::class]]);
    }

    /**
     * @param list<class-string> $classes
     *
     * @return array<array-key, mixed>
     */
    private static function unserialize(string $text, array $classes): array
    {
        return (array) unserialize((string) base64_decode($text, strict: true), ['allowed_classes' => $classes]);
    }
}
