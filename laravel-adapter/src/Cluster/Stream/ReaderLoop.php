<?php

declare(strict_types=1);

namespace Apn\AmiClient\Laravel\Cluster\Stream;

use Apn\AmiClient\Laravel\Config\ServerSource;
use Apn\AmiClient\Laravel\Events\AmiGap;
use Apn\AmiClient\Laravel\Routing\ReaderRoutes;
use Apn\AmiClient\Laravel\Routing\Route;
use Apn\AmiClient\Laravel\Worker\EventScope;
use Apn\AmiClient\Laravel\Worker\QuietReport;
use Apn\AmiClient\Laravel\Worker\Worker;
use RedisException;
use Throwable;

/**
 * One turn of `ami:read`: reads entries, calls the reader's listeners, and remembers how far it came.
 *
 * A listener that throws is reported, and the next event follows: what must be tried again is a queued job.
 */
final class ReaderLoop
{
    private const int AWAY_US = 500_000;
    /** Seconds after which the place is remembered within a batch. */
    private const float COMMIT_SECONDS = 1.0;

    public private(set) int $handled = 0;
    public private(set) int $failed = 0;

    /**
     * @param list<Route> $routes
     * @param \Closure(): bool $isStopped
     */
    public function __construct(
        private readonly Reader $reader,
        private readonly ReaderRoutes $listeners,
        private readonly array $routes,
        private readonly ServerSource $servers,
        private readonly EventScope $scope,
        private readonly QuietReport $report,
        private readonly \Closure $isStopped,
    ) {}

    public function step(float $waitSeconds): void
    {
        try {
            $entries = $this->reader->read();
            if (!$this->reader->isOwner()) {
                usleep(max(0, (int) ($waitSeconds * 1e6)));

                return;
            }
            $this->tellTrimmed((string) array_key_first($entries));
            $this->handle($entries);
            if ($entries === [] && $waitSeconds > 0.0) {
                $this->reader->wait($waitSeconds);
            }
        } catch (RedisException $error) {
            ($this->report)($error);
            usleep(self::AWAY_US);
        }
    }

    /** @param array<string, ?Entry> $entries */
    private function handle(array $entries): void
    {
        $since = Worker::now();
        $uncommitted = 0;
        foreach ($entries as $id => $entry) {
            ++$uncommitted;
            if ($entry !== null) {
                $this->dispatch($entry);
            }
            $isEnd = ($this->isStopped)() || $id === array_key_last($entries);
            if ($isEnd || (Worker::now() - $since) >= self::COMMIT_SECONDS) {
                if (!$this->reader->commit((string) $id, $uncommitted) || $isEnd) {
                    return;
                }
                $since = Worker::now();
                $uncommitted = 0;
            }
        }
    }

    private function dispatch(Entry $entry): void
    {
        $this->scope->reset();
        if ($entry->kind === 'gap') {
            ['from' => $from, 'to' => $to, 'cause' => $cause, 'dropped' => $dropped] = $entry->fields();
            $gap = new AmiGap($entry->server, (float) $from, (float) $to, (string) $cause, (int) $dropped);
            $this->guarded(fn() => $this->listeners->gap($gap));
        } elseif ($entry->kind === 'event') {
            $event = $entry->event();
            foreach ($this->routes as $route) {
                if ($route->takes($event)) {
                    $this->guarded(static fn() => ($route->deliver)($event, $entry->id()));
                }
            }
        }
    }

    /** @param \Closure(): void $listener */
    private function guarded(\Closure $listener): void
    {
        try {
            $listener();
            ++$this->handled;
        } catch (Throwable $error) {
            ++$this->failed;
            ($this->report)($error);
        }
    }

    /** Nobody knows of which servers the trimmed entries were. */
    private function tellTrimmed(string $firstId): void
    {
        $to = $firstId === '' ? microtime(as_float: true) : (float) $firstId / 1_000;
        foreach ($this->reader->lost === 0 ? [] : $this->servers->keys() as $server) {
            $gap = new AmiGap($server, $this->reader->readAt, $to, 'trimmed', $this->reader->lost);
            $this->guarded(fn() => $this->listeners->gap($gap));
        }
    }
}
