<?php

declare(strict_types=1);

namespace Apn\AmiClient\Laravel\Testing;

use Apn\AmiClient\Laravel\Events\AmiGap;
use Apn\AmiClient\Laravel\Routing\EventRoutes;
use Apn\AmiClient\Laravel\Worker\Sink;
use Illuminate\Contracts\Events\Dispatcher;
use Illuminate\Contracts\Foundation\Application;

/** The application's listeners, asked for anew each time: the test may have called Event::fake() since. */
final readonly class FakeSink implements Sink
{
    public function __construct(
        private Application $app,
    ) {}

    public function routes(): array
    {
        return $this->app->make(EventRoutes::class)->all($this->app->make(Dispatcher::class));
    }

    public function gap(AmiGap $gap, string $term): void
    {
        $this->tell($gap);
    }

    public function tell(object $event): void
    {
        $this->app->make(Dispatcher::class)->dispatch($event);
    }

    public function status(): array
    {
        return [];
    }

    public function flush(): bool
    {
        return true;
    }
}
