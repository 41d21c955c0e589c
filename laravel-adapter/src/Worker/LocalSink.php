<?php

declare(strict_types=1);

namespace Apn\AmiClient\Laravel\Worker;

use Apn\AmiClient\Laravel\Events\AmiGap;
use Apn\AmiClient\Laravel\Routing\EventRoutes;
use Illuminate\Contracts\Events\Dispatcher;

/** The application's listeners, called in this process. */
final readonly class LocalSink implements Sink
{
    public function __construct(
        private EventRoutes $routes,
        private Dispatcher $events,
    ) {}

    public function routes(): array
    {
        return $this->routes->all($this->events);
    }

    public function gap(AmiGap $gap, string $term): void
    {
        $this->events->dispatch($gap);
    }

    public function tail(string $server, string $term): array
    {
        return [];
    }

    public function flush(): bool
    {
        return true;
    }
}
