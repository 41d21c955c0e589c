<?php

declare(strict_types=1);

namespace Apn\AmiClient\Laravel\Console;

use Apn\AmiClient\Exception\InvalidConfigurationException;
use Apn\AmiClient\Laravel\Bridge\Consumer;
use Apn\AmiClient\Laravel\Bridge\DeadLetters;
use Apn\AmiClient\Laravel\Bridge\EntryDispatcher;
use Apn\AmiClient\Laravel\Bridge\StreamReader;
use Apn\AmiClient\Laravel\Bridge\Terms;
use Apn\AmiClient\Laravel\Config\Settings;
use Apn\AmiClient\Laravel\Records\Records;
use Apn\AmiClient\Laravel\Redis\Store;
use Apn\AmiClient\Laravel\Worker\Heartbeat;
use Apn\AmiClient\Laravel\Worker\ResidentMemory;
use Apn\AmiClient\Laravel\Worker\StopReason;
use Apn\AmiClient\Laravel\Worker\Worker;
use Symfony\Component\Console\Attribute\AsCommand;

#[AsCommand(name: 'ami:consume')]
final class ConsumeCommand extends AmiCommand
{
    private const float WAIT_SECONDS = 1.0;
    private const int MIB = 1_048_576;

    protected $signature = 'ami:consume
        {--group=app : The consumer group: each group has every event once}
        {--consumer= : The name of this consumer, unlike any other of the group (default: host and process)}
        {--from=$ : Where a new group begins: "$" with what comes, "0" with all that the stream has}
        {--once : Stop after one batch}
        {--max-time=0 : Stop after this many seconds}
        {--memory=128 : Stop above this many megabytes of resident memory; 0 for no limit}';

    protected $description = 'Dispatch the events that workers wrote with ami:listen --bridge=redis';

    private ?StopReason $stopping = null;
    private int $maxSeconds = 0;
    private int $memoryBytesMax = 0;

    public function handle(Store $store, Settings $settings, Records $records, EntryDispatcher $dispatcher): int
    {
        // One object serves every call of the command in a process.
        $this->stopping = null;
        $reader = new StreamReader(
            $store,
            $settings,
            (string) $this->option('group'),
            (string) ($this->option('consumer') ?? Heartbeat::newId()),
        );
        $this->maxSeconds = $this->whole('max-time');
        $this->memoryBytesMax = $this->whole('memory') * self::MIB;
        $this->open($reader);
        if ($dispatcher->routes() === []) {
            $this->components->warn(
                'No listener wants any event: Ami::on(), ami.listen.events and listeners of AmiEventReceived are all empty.',
            );
        }
        $this->trap(fn(): array => [SIGTERM, SIGINT, SIGQUIT], function (): false {
            $this->stopping ??= StopReason::Signal;

            return false;
        });
        $this->components->info(
            "Consuming {$settings->string('bridge.stream')} as {$reader->consumer} of the group {$reader->group}.",
        );
        $claimSeconds = $settings->number('bridge.claim_after');
        $consumer = new Consumer(
            $reader,
            new Terms($store),
            $dispatcher,
            new DeadLetters($store, $settings),
            $settings->whole('bridge.deliveries', min: 1),
            $claimSeconds,
            report(...),
        );
        $this->loop($consumer, $records);
        $reader->leave();
        $this->components->info(
            "Stopped: {$this->stopping->value}. {$consumer->handled} dispatched, {$consumer->failed} failed, {$consumer->buried} to the dead letters, {$consumer->refused} refused as stale.",
        );

        return $this->stopping->exitCode();
    }

    /** @phpstan-assert !null $this->stopping */
    private function loop(Consumer $consumer, Records $records): void
    {
        $began = $checkedAt = Worker::now();
        $mark = $records->restartMark();
        while ($this->stopping === null) {
            $consumer->step(self::WAIT_SECONDS);
            $now = Worker::now();
            if (($now - $checkedAt) >= self::WAIT_SECONDS || $this->option('once')) {
                $checkedAt = $now;
                $isRestarted = rescue(static fn(): bool => $records->restartMark() !== $mark, false, report: false);
                $this->stopping ??= $this->reasonToStop($now - $began, $isRestarted);
            }
        }
    }

    private function open(StreamReader $reader): void
    {
        $from = (string) $this->option('from');
        if (preg_match('/^(\$|\d+(-\d+)?)$/', $from) !== 1) {
            throw new InvalidConfigurationException(
                "--from is \"$from\", must be \"$\", \"0\", or an id of the stream",
            );
        }
        $reader->open($from);
    }

    private function reasonToStop(float $seconds, bool $isRestarted): ?StopReason
    {
        return match (true) {
            (bool) $this->option('once') => StopReason::Once,
            $isRestarted => StopReason::Restart,
            $this->maxSeconds > 0 && $seconds >= $this->maxSeconds => StopReason::MaxTime,
            $this->memoryBytesMax > 0 && ResidentMemory::bytes() > $this->memoryBytesMax => StopReason::Memory,
            default => null,
        };
    }
}
