<?php

declare(strict_types=1);

namespace Apn\AmiClient\Laravel\Worker;

use Apn\AmiClient\AmiEvent;
use Apn\AmiClient\Laravel\Events\AmiGap;
use Apn\AmiClient\Laravel\Queue\JobBuffer;
use Apn\AmiClient\Laravel\Routing\EventRoutes;
use Apn\AmiClient\Laravel\Routing\Route;
use Illuminate\Contracts\Events\Dispatcher;
use RuntimeException;

/** The application's listeners: called in this process, their jobs pushed to the application's queue. */
final class ApplicationSink implements Sink, RunsAfterEvents
{
    private string $lastId = '';

    /** @param \Closure(): void $reset forgets what the listeners of one event left for the next */
    public function __construct(
        private readonly EventRoutes $routes,
        private readonly Dispatcher $events,
        private readonly JobBuffer $jobs,
        private readonly Statistics $statistics,
        private readonly \Closure $reset,
    ) {}

    public function routes(): array
    {
        return array_map(fn(Route $route): Route => new Route($route->names, $route->where, $route->label, function (
            AmiEvent $event,
            string $id,
        ) use ($route): void {
            if ($this->lastId !== $id) {
                $this->lastId = $id;
                ($this->reset)();
            }
            $this->jobs->during($event, $id, static fn() => ($route->deliver)($event, $id));
        }), $this->routes->all($this->events));
    }

    public function gap(AmiGap $gap, string $term): void
    {
        ($this->reset)();
        $this->statistics->measure('listeners of AmiGap', fn() => $this->events->dispatch($gap));
    }

    public function flush(): bool
    {
        return $this->jobs->flush();
    }

    public function status(): array
    {
        return ['queue' => $this->jobs->status()];
    }

    public function turn(float $now): float
    {
        return $this->jobs->turn($now);
    }

    /** @throws RuntimeException where the queue cannot be reached: what waits is lost with the process */
    public function finish(float $now): void
    {
        $this->jobs->close();
        if (!$this->jobs->flush()) {
            throw new RuntimeException(
                "The queue cannot be reached: {$this->jobs->waitingCount()} jobs are lost with this worker.",
            );
        }
    }
}
