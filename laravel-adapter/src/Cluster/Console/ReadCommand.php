<?php

declare(strict_types=1);

namespace Apn\AmiClient\Laravel\Cluster\Console;

use Apn\AmiClient\Exception\InvalidConfigurationException;
use Apn\AmiClient\Laravel\Cluster\Store;
use Apn\AmiClient\Laravel\Cluster\Stream\Entry;
use Apn\AmiClient\Laravel\Cluster\Stream\Reader;
use Apn\AmiClient\Laravel\Config\ServerSource;
use Apn\AmiClient\Laravel\Config\Settings;
use Apn\AmiClient\Laravel\Console\AmiCommand;
use Apn\AmiClient\Laravel\Events\AmiGap;
use Apn\AmiClient\Laravel\Records\Records;
use Apn\AmiClient\Laravel\Routing\EventRoutes;
use Apn\AmiClient\Laravel\Routing\ReaderRoutes;
use Apn\AmiClient\Laravel\Routing\Route;
use Apn\AmiClient\Laravel\Worker\EventScope;
use Apn\AmiClient\Laravel\Worker\QuietReport;
use Apn\AmiClient\Laravel\Worker\ResidentMemory;
use Apn\AmiClient\Laravel\Worker\StopReason;
use Apn\AmiClient\Laravel\Worker\Worker;
use RedisException;
use Symfony\Component\Console\Attribute\AsCommand;
use Throwable;

/**
 * Reads entries, calls the reader's listeners, and remembers how far it came.
 *
 * A listener that throws is reported, and the next event follows: what must be tried again is a queued job.
 */
#[AsCommand(name: 'ami:read')]
final class ReadCommand extends AmiCommand
{
    private const float WAIT_SECONDS = 1.0;
    private const int AWAY_US = 500_000;
    /** Seconds after which the place is remembered within a batch. */
    private const float COMMIT_SECONDS = 1.0;

    protected $signature = 'ami:read
        {reader : The name of the reader, as in Ami::reader()}
        {--from=$ : Where a new reader begins: "$" for events from now on, "0" for everything in the stream}
        {--once : Stop after one batch}
        {--max-time=0 : The maximum number of seconds the reader should run}
        {--memory=128 : The memory limit in megabytes of resident memory; 0 for no limit}';

    protected $description = 'Give the events of the stream to the listeners of a reader, in order';

    private Reader $reader;
    private ReaderRoutes $listeners;
    /** @var list<Route> */
    private array $routes;
    private QuietReport $report;
    private ?StopReason $stopping;
    private int $handled;
    private int $failed;

    public function handle(Store $store, Settings $settings, Records $records, EventRoutes $routes): int
    {
        // One object serves every call of the command in a process.
        $this->stopping = null;
        $this->handled = $this->failed = 0;
        $this->report = new QuietReport(report(...));
        $name = (string) $this->argument('reader');
        $this->listeners = $routes->readers[$name] ?? throw new InvalidConfigurationException(
            "there is no reader \"$name\": register it with Ami::reader('$name')->on(...) in a service provider; there are "
            . (implode(', ', array_keys($routes->readers)) ?: 'none'),
        );
        $this->routes = $this->listeners->routes();
        $from = (string) $this->option('from');
        if (!in_array($from, ['$', '0'], strict: true)) {
            throw new InvalidConfigurationException("--from is \"$from\", must be \"$\" or \"0\"");
        }
        $this->reader = new Reader($store, $settings->string('stream.name'), $name, Worker::newId(), $from);
        $reasonToStop = $this->reasonToStop($records);
        $store->reach();
        $this->trap(fn(): array => [SIGTERM, SIGINT, SIGQUIT, SIGHUP], function (): false {
            $this->stopping ??= StopReason::Signal;

            return false;
        });
        $this->components->info("Reading the event stream as \"$name\".");
        $owner = '';
        while ($this->stopping === null) {
            $this->step($this->option('once') ? 0.0 : self::WAIT_SECONDS);
            if ($this->reader->owner !== $owner && !$this->reader->isOwner()) {
                $this->components->warn("{$this->reader->owner} reads as \"$name\": waiting for it to end.");
            }
            $owner = $this->reader->owner;
            $this->stopping ??= $reasonToStop();
        }
        rescue($this->reader->leave(...), report: false);
        $handled = "{$this->handled} handled, {$this->failed} failed";
        $this->components->info("Stopped: {$this->stopping->value}. $handled.");

        return $this->stopping->exitCode();
    }

    /** @return \Closure(): ?StopReason looks at most once a second */
    private function reasonToStop(Records $records): \Closure
    {
        $seconds = $this->whole('max-time') ?: INF;
        $memory = ($this->whole('memory') ?: INF) * 1_048_576;
        $mark = $records->restartMark('readers');
        $began = $checkedAt = Worker::now();

        return function () use ($records, $mark, $seconds, $memory, $began, &$checkedAt): ?StopReason {
            $now = Worker::now();
            if ($this->option('once') || ($now - $checkedAt) < self::WAIT_SECONDS) {
                return $this->option('once') ? StopReason::Once : null;
            }
            $checkedAt = $now;

            return match (true) {
                rescue(fn() => $records->restartMark('readers'), $mark, report: false) !== $mark => StopReason::Restart,
                ($now - $began) >= $seconds => StopReason::MaxTime,
                ResidentMemory::bytes() > $memory => StopReason::Memory,
                default => null,
            };
        };
    }

    private function step(float $waitSeconds): void
    {
        try {
            $entries = $this->reader->read();
            if (!$this->reader->isOwner()) {
                usleep(max(0, (int) ($waitSeconds * 1e6)));

                return;
            }
            $this->tellTrimmed((string) array_key_first($entries));
            $this->deliver($entries);
            if ($entries === [] && $waitSeconds > 0.0) {
                $this->reader->wait($waitSeconds);
            }
        } catch (RedisException $error) {
            ($this->report)($error);
            usleep(self::AWAY_US);
        }
    }

    /** @param array<string, ?Entry> $entries */
    private function deliver(array $entries): void
    {
        $since = Worker::now();
        $uncommitted = 0;
        foreach ($entries as $id => $entry) {
            ++$uncommitted;
            if ($entry !== null) {
                $this->dispatch($entry);
            }
            $isEnd = $this->stopping !== null || $id === array_key_last($entries);
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
        EventScope::reset();
        if ($entry->kind === 'gap') {
            ['from' => $from, 'to' => $to, 'cause' => $cause, 'dropped' => $dropped] = $entry->fields;
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
        if ($this->reader->lost > 0) {
            $to = $firstId === '' ? microtime(as_float: true) : (float) $firstId / 1_000;
            foreach ($this->laravel->make(ServerSource::class)->keys() as $server) {
                $gap = new AmiGap($server, $this->reader->readAt, $to, 'trimmed', $this->reader->lost);
                $this->guarded(fn() => $this->listeners->gap($gap));
            }
        }
    }
}
