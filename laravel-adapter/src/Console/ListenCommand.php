<?php

declare(strict_types=1);

namespace Apn\AmiClient\Laravel\Console;

use Apn\AmiClient\ClientOptions;
use Apn\AmiClient\Exception\AmiThrowable;
use Apn\AmiClient\Laravel\Config\ServerSource;
use Apn\AmiClient\Laravel\Config\Settings;
use Apn\AmiClient\Laravel\Worker\Assembly;
use Apn\AmiClient\Laravel\Worker\JsonOutput;
use Apn\AmiClient\Laravel\Worker\ListenRequest;
use Apn\AmiClient\Laravel\Worker\LiveOutput;
use Apn\AmiClient\Laravel\Worker\Output;
use Apn\AmiClient\Laravel\Worker\ResidentMemory;
use Apn\AmiClient\Laravel\Worker\StopReason;
use Apn\AmiClient\Laravel\Worker\Worker;
use Apn\AmiClient\Laravel\Worker\WorkerOptions;
use InvalidArgumentException;
use RedisException;
use RuntimeException;
use Symfony\Component\Console\Attribute\AsCommand;
use Symfony\Component\Console\Output\ConsoleOutputInterface;

#[AsCommand(name: 'ami:listen')]
final class ListenCommand extends AmiCommand
{
    private const int MIB = 1_048_576;

    protected $signature = 'ami:listen
        {--server=* : Listen to these servers}
        {--all : Listen to every server configured}
        {--cluster : Share every server configured with the other workers, by leases in Redis}
        {--force : Take servers that another worker holds}
        {--bridge= : "redis" writes events to a Redis stream, for ami:consume}
        {--event=* : Only events of these names or patterns, and show them}
        {--once : Stop after the first event}
        {--max-iterations=0 : Stop after this many turns of the loop}
        {--max-time=0 : Stop after this many seconds}
        {--memory=0 : Stop above this many megabytes of resident memory}
        {--tick-timeout-ms=250 : Longest wait of one tick, 0 to 60000}
        {--metrics= : Address and port to show metrics at, such as 127.0.0.1:9464}
        {--json : One JSON object a line, as when the output is no terminal}';

    protected $description = 'Listen to Asterisk and dispatch its events until told to stop';

    public function handle(Settings $settings, ServerSource $source): int
    {
        try {
            $request = $this->request($settings);
            $options = $this->workerOptions($settings, $source, $request);
            $output = $this->workerOutput();
            // Made here, not injected: a refused configuration is told like every other mistake.
            $worker = $this->laravel->make(Assembly::class)->worker($request, $options, $output, report(...));
        } catch (RedisException $error) {
            throw $error;
        } catch (InvalidArgumentException|RuntimeException|AmiThrowable $error) {
            $this->components->error($error->getMessage());

            return self::FAILURE;
        }
        $this->trapSignals($worker);
        $reason = $worker->run();
        $output->stopped($reason);

        return $reason->exitCode();
    }

    private function trapSignals(Worker $worker): void
    {
        $this->trap(fn(): array => [SIGTERM, SIGINT, SIGQUIT, SIGUSR2, SIGCONT], static function (int $signal) use (
            $worker,
        ): false {
            match ($signal) {
                SIGUSR2 => $worker->pause(),
                SIGCONT => $worker->resume(),
                default => $worker->stop(StopReason::Signal),
            };

            return false; // Leave through handle(), which says goodbye to every server.
        });
    }

    private function request(Settings $settings): ListenRequest
    {
        $servers = array_values(array_unique((array) $this->option('server')));
        $isAll = (bool) $this->option('all');
        $isShared = (bool) $this->option('cluster');
        if (((int) ($servers !== []) + (int) $isAll + (int) $isShared) > 1) {
            throw new InvalidArgumentException(
                '--server, --all and --cluster exclude each other: name servers, take all, or share them',
            );
        }
        $bridge = $this->option('bridge');
        if (!in_array($bridge, [null, 'redis'], strict: true)) {
            throw new InvalidArgumentException("--bridge is \"$bridge\", must be redis");
        }
        if ($servers === [] && !$isAll && !$isShared) {
            $configured = $settings->listenTo();
            $isShared = $configured === 'cluster';
            $servers = is_array($configured) ? $configured : [];
        }
        if (($isShared || $bridge !== null) && $settings->nullableString('redis') === null) {
            throw Settings::refused(
                'ami.redis',
                'it is null: --cluster and --bridge want AMI_REDIS_CONNECTION set to a Redis connection of config/database.php, such as default',
            );
        }

        $events = array_values((array) $this->option('event'));
        if (in_array('', $events, strict: true)) {
            throw new InvalidArgumentException('--event is "", must be an event name or a pattern such as Queue*');
        }

        return new ListenRequest(
            servers: $servers === [] ? null : $servers,
            isShared: $isShared,
            isForced: (bool) $this->option('force'),
            isBridged: $bridge !== null,
            events: $events,
            metrics: $this->option('metrics'),
        );
    }

    private function workerOptions(Settings $settings, ServerSource $source, ListenRequest $request): WorkerOptions
    {
        $memory = $this->whole('memory') * self::MIB;
        $servers = $source->all();
        $this->refuseSmallMemory(
            $memory,
            array_map(
                static fn($server): ClientOptions => $server->options ?? $settings->clientOptions(),
                $request->servers === null ? $servers : array_intersect_key($servers, array_flip($request->servers)),
            ),
            $request->isBridged ? $settings->whole('bridge.buffer_bytes') : 0,
        );

        return new WorkerOptions(
            tickMs: $this->whole('tick-timeout-ms', max: 60_000),
            grace: $settings->number('listen.grace'),
            drainSeconds: $settings->number('cluster.handover'),
            maxTime: (float) $this->whole('max-time'),
            maxIterations: $this->whole('max-iterations'),
            memoryBytesMax: $memory,
            once: (bool) $this->option('once'),
        );
    }

    /** @param array<string, ClientOptions> $options */
    private function refuseSmallMemory(int $memory, array $options, int $bridgeBytes): void
    {
        $queues = $bridgeBytes;
        foreach ($options as $one) {
            $queues += $one->eventQueueBytes + $one->writeBufferLimit;
        }
        $now = ResidentMemory::bytes();
        if ($memory > 0 && $memory < ($queues + $now)) {
            throw new InvalidArgumentException(sprintf(
                '--memory=%d is less than what the queues of %d servers may take: %d MB of event_queue_bytes, write_buffer_limit and the bridge, beside the %d MB of this process.'
                . ' Ask for %d or more, or make the queues smaller in config/ami.php',
                intdiv($memory, self::MIB),
                count($options),
                (int) ceil($queues / self::MIB),
                (int) ceil($now / self::MIB),
                (int) ceil((($queues + $now) * 1.25) / self::MIB),
            ));
        }
    }

    private function workerOutput(): Output
    {
        $output = $this->output->getOutput();
        if ($this->option('json') || !$output instanceof ConsoleOutputInterface || !stream_isatty(STDOUT)) {
            return new JsonOutput($this->output);
        }
        return new LiveOutput($output, $output->section());
    }
}
