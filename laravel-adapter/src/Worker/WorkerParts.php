<?php

declare(strict_types=1);

namespace Apn\AmiClient\Laravel\Worker;

use Apn\AmiClient\Laravel\Routing\Route;
use Closure;

/** What a pool is made of. */
final readonly class WorkerParts
{
    /**
     * @param list<Route> $routes
     * @param Closure(\Throwable): void $report
     */
    public function __construct(
        public string $id,
        public ListenRequest $request,
        public Servers $servers,
        public array $routes,
        public Statistics $statistics,
        public Sink $sink,
        public Output $output,
        public Closure $report,
    ) {}
}
