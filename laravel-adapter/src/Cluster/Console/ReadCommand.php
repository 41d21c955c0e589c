<?php

declare(strict_types=1);

namespace Apn\AmiClient\Laravel\Cluster\Console;

use Apn\AmiClient\Exception\InvalidConfigurationException;
use Apn\AmiClient\Laravel\Cluster\Store;
use Apn\AmiClient\Laravel\Cluster\Stream\Reader;
use Apn\AmiClient\Laravel\Cluster\Stream\ReaderLoop;
use Apn\AmiClient\Laravel\Config\ServerSource;
use Apn\AmiClient\Laravel\Config\Settings;
use Apn\AmiClient\Laravel\Console\AmiCommand;
use Apn\AmiClient\Laravel\Records\Records;
use Apn\AmiClient\Laravel\Routing\EventRoutes;
use Apn\AmiClient\Laravel\Worker\EventScope;
use Apn\AmiClient\Laravel\Worker\Heartbeat;
use Apn\AmiClient\Laravel\Worker\QuietReport;
use Apn\AmiClient\Laravel\Worker\ResidentMemory;
use Apn\AmiClient\Laravel\Worker\StopReason;
use Apn\AmiClient\Laravel\Worker\Worker;
use Illuminate\Contracts\Events\Dispatcher;
use Symfony\Component\Console\Attribute\AsCommand;

#[AsCommand(name: 'ami:read')]
final class ReadCommand extends AmiCommand
{
    private const float WAIT_SECONDS = 1.0;

    protected $signature = 'ami:read
        {reader : The name of the reader, as in Ami::reader()}
        {--from=$ : Where a new reader begins: "$" for events from now on, "0" for everything in the stream}
        {--once : Stop after one batch}
        {--max-time=0 : The maximum number of seconds the reader should run}
        {--memory=128 : The memory limit in megabytes of resident memory; 0 for no limit}';

    protected $description = 'Give the events of the stream to the listeners of a reader, in order';

    private ?StopReason $stopping = null;

    public function handle(
        Store $store,
        Settings $settings,
        Records $records,
        EventRoutes $routes,
        ServerSource $servers,
        Dispatcher $events,
        EventScope $scope,
    ): int {
        // One object serves every call of the command in a process.
        $this->stopping = null;
        $name = (string) $this->argument('reader');
        $listeners = $routes->readers()[$name] ?? throw new InvalidConfigurationException(
            "there is no reader \"$name\": register it with Ami::reader('$name')->on(...) in a service provider; there are "
            . (implode(', ', array_keys($routes->readers())) ?: 'none'),
        );
        $from = (string) $this->option('from');
        if (!in_array($from, ['$', '0'], strict: true)) {
            throw new InvalidConfigurationException("--from is \"$from\", must be \"$\" or \"0\"");
        }
        $reader = new Reader($store, $settings->string('stream.name'), $name, Heartbeat::newId(), $from);
        $loop = new ReaderLoop(
            $reader,
            $listeners,
            $listeners->routes($events),
            $servers,
            $scope,
            new QuietReport(report(...)),
            fn(): bool => $this->stopping !== null,
        );
        $reasonToStop = $this->reasonToStop($records);
        $store->reach();
        $this->trap(fn(): array => [SIGTERM, SIGINT, SIGQUIT, SIGHUP], function (): false {
            $this->stopping ??= StopReason::Signal;

            return false;
        });
        $this->components->info("Reading the event stream as \"$name\".");
        $owner = '';
        while ($this->stopping === null) {
            $loop->step($this->option('once') ? 0.0 : self::WAIT_SECONDS);
            if ($reader->owner !== $owner && !$reader->isOwner()) {
                $this->components->warn("{$reader->owner} reads as \"$name\": waiting for it to end.");
            }
            $owner = $reader->owner;
            $this->stopping ??= $reasonToStop();
        }
        rescue($reader->leave(...), report: false);
        $handled = "{$loop->handled} handled, {$loop->failed} failed";
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
}
