<?php

declare(strict_types=1);

namespace Apn\AmiClient\Laravel\Cluster\Stream;

use Apn\AmiClient\Laravel\Config\ServerSource;
use Apn\AmiClient\Laravel\Events\AmiGap;
use Apn\AmiClient\Laravel\Routing\ReaderRoutes;
use Apn\AmiClient\Laravel\Routing\Route;
use Apn\AmiClient\Laravel\Worker\QuietReport;
use Apn\AmiClient\Laravel\Worker\Worker;
use Illuminate\Contracts\Events\Dispatcher;
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
    private readonly QuietReport $reportQuietly;

    /** @var list<Route> */
    private readonly array $routes;

    /**
     * @param \Closure(): void $reset forgets what the listeners of one event left for the next
     * @param \Closure(Throwable): void $report
     * @param \Closure(): bool $isStopped
     */
    public function __construct(
        private readonly Reader $reader,
        private readonly ReaderRoutes $listeners,
        Dispatcher $events,
        private readonly ServerSource $servers,
        private readonly \Closure $reset,
        \Closure $report,
        private readonly \Closure $isStopped,
    ) {
        $this->routes = $listeners->routes($events);
        $this->reportQuietly = new QuietReport($report);
    }

    /** @return bool whether there was something */
    public function step(float $waitSeconds): bool
    {
        try {
            $entries = $this->reader->read();
            if (!$this->reader->isOwner()) {
                usleep(max(0, (int) ($waitSeconds * 1e6)));

                return false;
            }
            $this->tellTrimmed((string) array_key_first($entries));
            $this->handle($entries);
            if ($entries === [] && $waitSeconds > 0.0) {
                $this->reader->wait($waitSeconds);
            }

            return $entries !== [];
        } catch (RedisException $error) {
            ($this->reportQuietly)($error);
            usleep(self::AWAY_US);

            return false;
        }
    }

    /** @param array<string, ?Entry> $entries */
    private function handle(array $entries): void
    {
        $since = Worker::now();
        $uncommitted = 0;
        $last = null;
        foreach ($entries as $id => $entry) {
            $last = (string) $id;
            ++$uncommitted;
            if ($entry !== null) {
                $this->dispatch($entry);
            }
            if (($this->isStopped)() || (Worker::now() - $since) >= self::COMMIT_SECONDS) {
                if (!$this->reader->commit($last, $uncommitted) || ($this->isStopped)()) {
                    return;
                }
                $since = Worker::now();
                $uncommitted = 0;
            }
        }
        if ($last !== null && $uncommitted > 0) {
            $this->reader->commit($last, $uncommitted);
        }
    }

    private function dispatch(Entry $entry): void
    {
        ($this->reset)();
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
            ($this->reportQuietly)($error);
        }
    }

    /** Nobody knows of which servers the trimmed entries were. */
    private function tellTrimmed(string $firstId): void
    {
        if ($this->reader->lost === 0) {
            return;
        }
        $to = $firstId === '' ? microtime(as_float: true) : (float) $firstId / 1_000;
        foreach ($this->servers->keys() as $server) {
            $gap = new AmiGap($server, $this->reader->readAt, $to, 'trimmed', $this->reader->lost);
            $this->guarded(fn() => $this->listeners->gap($gap));
        }
    }
}
