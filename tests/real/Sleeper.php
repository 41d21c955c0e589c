<?php

declare(strict_types=1);

namespace Apn\AmiClient\Tests\Real;

use Apn\AmiClient\Actions\Ping;
use Apn\AmiClient\AmiClientManager;
use Apn\AmiClient\AmiEvent;
use Apn\AmiClient\PendingAction;
use Apn\AmiClient\ServerHealth;

/** A listener that blocks once during a flood. */
final class Sleeper
{
    /** The action that the listener sent just before. */
    public private(set) ?PendingAction $ping = null;

    /** @var array<string, ServerHealth> as it was just after */
    public private(set) array $health = [];
    public private(set) float $asleepAt = 0.0;
    public private(set) float $awakeAt = 0.0;

    /** @var list<int> of the events of the flooded server, those before and after the sleep */
    public private(set) array $sequence = [];

    /** @param \Closure(): void $sleep */
    public function __construct(
        private readonly AmiClientManager $ami,
        private readonly \Closure $sleep,
    ) {
        $ami->server('flooded')->onEvent('*', $this->onEvent(...));
    }

    public function hasSlept(): bool
    {
        return $this->awakeAt > 0.0;
    }

    private function onEvent(AmiEvent $event): void
    {
        $this->sequence[] = $event->sequence;
        if ($this->hasSlept() || $event->get('UserEvent') !== 'Tick') {
            return;
        }
        $this->ping = $this->ami->server('flooded')->send(new Ping());
        $this->asleepAt = microtime(true);
        ($this->sleep)();
        $this->awakeAt = microtime(true);
        $this->health = $this->ami->health();
    }
}
