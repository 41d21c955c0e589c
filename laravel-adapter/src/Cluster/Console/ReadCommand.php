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
use Apn\AmiClient\Laravel\Worker\ResidentMemory;
use Apn\AmiClient\Laravel\Worker\StopReason;
use Apn\AmiClient\Laravel\Worker\Worker;
use Illuminate\Contracts\Events\Dispatcher;
use Symfony\Component\Console\Attribute\AsCommand;

#[AsCommand(name: 'ami:read')]
final class ReadCommand extends AmiCommand
{
    private const float WAIT_SECONDS = 1.0;
    private const int MIB = 1_048_576;

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
        $maxSeconds = $this->whole('max-time');
        $memory = $this->whole('memory') * self::MIB;
        $reader = new Reader($store, $settings->string('stream.name'), $name, Heartbeat::newId(), $from);
        $loop = new ReaderLoop(
            $reader,
            $listeners,
            $events,
            $servers,
            $scope->reset(...),
            report(...),
            fn(): bool => $this->stopping !== null,
        );
        $store->reach();
        $this->trap(fn(): array => [SIGTERM, SIGINT, SIGQUIT, SIGHUP], function (): false {
            $this->stopping ??= StopReason::Signal;

            return false;
        });
        $this->components->info("Reading the event stream as \"$name\".");
        $this->loop($loop, $reader, $records, $maxSeconds, $memory);
        rescue($reader->leave(...), report: false);
        $this->components->info(sprintf(
            'Stopped: %s. %d handled, %d failed.',
            $this->stopping->value ?? '',
            $loop->handled,
            $loop->failed,
        ));

        return $this->stopping?->exitCode() ?? self::SUCCESS;
    }

    private function loop(ReaderLoop $loop, Reader $reader, Records $records, int $maxSeconds, int $memory): void
    {
        $began = $checkedAt = Worker::now();
        $mark = $records->restartMark('readers');
        $owner = '';
        while ($this->stopping === null) {
            $loop->step($this->option('once') ? 0.0 : self::WAIT_SECONDS);
            if ($reader->owner !== $owner) {
                $owner = $reader->owner;
                if (!$reader->isOwner()) {
                    $this->components->warn("$owner reads as \"{$reader->name}\": waiting for it to end.");
                }
            }
            $now = Worker::now();
            if ($this->option('once')) {
                $this->stopping ??= StopReason::Once;
            } elseif (($now - $checkedAt) >= self::WAIT_SECONDS) {
                $checkedAt = $now;
                $isRestarted = rescue(
                    static fn(): bool => $records->restartMark('readers') !== $mark,
                    false,
                    report: false,
                );
                $this->stopping ??= match (true) {
                    $isRestarted => StopReason::Restart,
                    $maxSeconds > 0 && ($now - $began) >= $maxSeconds => StopReason::MaxTime,
                    $memory > 0 && ResidentMemory::bytes() > $memory => StopReason::Memory,
                    default => null,
                };
            }
        }
    }
}
