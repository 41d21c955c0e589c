<?php

declare(strict_types=1);

namespace Apn\AmiClient\Laravel\Worker;

use Apn\AmiClient\AmiEvent;
use Apn\AmiClient\Laravel\Events\AmiGap;
use Apn\AmiClient\Laravel\Queue\JobBuffer;
use Apn\AmiClient\Laravel\Routing\EventRoutes;
use Apn\AmiClient\Laravel\Routing\Route;
use Illuminate\Contracts\Events\Dispatcher;

/** The application's listeners: called in this process, their jobs pushed to the application's queue. */
final class ApplicationSink implements Sink
{
    private string $lastId = '';

    public function __construct(
        private readonly EventRoutes $routes,
        private readonly Dispatcher $events,
        private readonly JobBuffer $jobs,
        private readonly Statistics $statistics,
        private readonly EventScope $scope,
    ) {}

    public function routes(): array
    {
        return array_map(fn(Route $route): Route => new Route($route->names, $route->where, $route->label, function (
            AmiEvent $event,
            string $id,
        ) use ($route): void {
            if ($this->lastId !== $id) {
                $this->lastId = $id;
                $this->scope->reset();
            }
            $this->jobs->during($event, $id, static fn() => ($route->deliver)($event, $id));
        }), $this->routes->all($this->events));
    }

    public function gap(AmiGap $gap, string $term): void
    {
        $this->scope->reset();
        $this->statistics->measure('listeners of AmiGap', fn() => $this->events->dispatch($gap));
    }

    public function flush(): bool
    {
        return $this->jobs->flush();
    }

    public function status(): array
    {
        return $this->jobs->status();
    }
}
