<?php

declare(strict_types=1);

namespace Apn\AmiClient;

/** Gives an action another completion strategy: `new WithStrategy(new QueueStatus(), new MultiEventStrategy(maxDurationMs: 2_000))`. */
final readonly class WithStrategy implements Action
{
    public function __construct(
        public Action $action,
        public ?CompletionStrategy $strategy,
    ) {}

    public function getName(): string
    {
        return $this->action->getName();
    }

    public function getParameters(): array
    {
        return $this->action->getParameters();
    }

    public function getCompletionStrategy(): ?CompletionStrategy
    {
        return $this->strategy;
    }
}
