<?php

declare(strict_types=1);

namespace Apn\AmiClient\Laravel\Console;

use Apn\AmiClient\Exception\InvalidConfigurationException;
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
use Apn\AmiClient\ServerConfig;
use Illuminate\Container\Container;
use Illuminate\Support\Arr;
use Illuminate\Support\Facades\Facade;
use RedisException;
use Symfony\Component\Console\Attribute\AsCommand;
use Symfony\Component\Console\Output\ConsoleOutputInterface;

#[AsCommand(name: 'ami:listen')]
final class ListenCommand extends AmiCommand
{
    private const int MIB = 1_048_576;
    private const int RETRY_US = 500_000;
    /** Seconds that a command of the application's Redis connections may take in a worker, where their config does not say. */
    private const float REDIS_SECONDS = 2.0;
    /** Answers of a Redis that is there. */
    private const string REFUSED = '/NOAUTH|WRONGPASS|NOPERM|READONLY|CLUSTERDOWN|MOVED|unknown command|OOM/';

    protected $signature = 'ami:listen
        {--server=* : The servers to listen to}
        {--all : Listen to every configured server}
        {--cluster : Share every configured server with the other workers}
        {--force : Take servers that another worker holds}
        {--event=* : Listen to events of these names or patterns only, and display them}
        {--once : Stop after the first event}
        {--max-iterations=0 : The number of turns of the loop before stopping}
        {--max-time=0 : The maximum number of seconds the worker should run}
        {--memory=0 : The memory limit in megabytes of resident memory; 0 for no limit}
        {--timeout=60 : The number of seconds a listener may run; 0 for no limit}
        {--tick-timeout-ms=250 : The longest wait of one tick, 0 to 60000}
        {--metrics= : The address and port to expose metrics at, such as 127.0.0.1:9464}
        {--json : Output one JSON object a line, as when the output is no terminal}';

    protected $description = 'Listen to Asterisk and dispatch its events';

    /** Stops a worker that does not exist yet. */
    private bool $isStopped = false;
    private ?Worker $worker = null;

    public function handle(Settings $settings, ServerSource $source): int
    {
        $this->isStopped = false;
        $this->worker = null;
        $this->trapSignals();
        $request = $this->request($settings);
        $output = $this->workerOutput();
        $this->limitRedis();
        $worker = $this->worker = $this->start($request, $output);
        if ($worker === null) {
            return self::SUCCESS;
        }
        $this->warnOfMemory($source, $settings, $request, $output);
        if ($this->isStopped) {
            $worker->stop(StopReason::Signal);
        }
        $reason = $worker->run();
        $output->stopped($reason);

        return $reason->exitCode();
    }

    /** Waits for a Redis that cannot be reached: it may come up after the worker, and a supervisor gives up after a few tries. */
    private function start(ListenRequest $request, Output $output): ?Worker
    {
        $isTold = false;
        while (!$this->isStopped) {
            try {
                // Made here, not injected: a refused configuration is told like every other mistake.
                return $this->laravel->make(Assembly::class)->worker($request, $output, report(...));
            } catch (RedisException $error) {
                if (preg_match(self::REFUSED, $error->getMessage()) === 1) {
                    throw $error;
                }
                if (!$isTold) {
                    $output->note('error', "Redis is away, waiting for it: {$error->getMessage()}");
                    $isTold = true;
                }
                usleep(self::RETRY_US);
            }
        }

        return null;
    }

    /** Jobs are pushed from the loop: a Redis that hangs must not hold it for minutes. */
    private function limitRedis(): void
    {
        $config = $this->laravel->make('config');
        foreach ((array) $config->get('database.redis') as $name => $connection) {
            if (is_array($connection) && isset($connection['host'])) {
                $config->set("database.redis.$name", [
                    ...$connection,
                    'timeout' => (float) ($connection['timeout'] ?? 0.0) ?: self::REDIS_SECONDS,
                    'read_timeout' => (float) ($connection['read_timeout'] ?? 0.0) ?: self::REDIS_SECONDS,
                ]);
            }
        }
        Container::getInstance()->forgetInstance('redis');
        Facade::clearResolvedInstance('redis');
    }

    private function trapSignals(): void
    {
        $this->trap(fn(): array => [SIGTERM, SIGINT, SIGQUIT, SIGHUP, SIGUSR2, SIGCONT], function (int $signal): false {
            match ($signal) {
                SIGUSR2 => $this->worker?->pause(),
                SIGCONT => $this->worker?->pause(false),
                default => $this->worker === null ? ($this->isStopped = true) : $this->worker->stop(StopReason::Signal),
            };

            return false; // Leave through handle(), which logs off from every server.
        });
    }

    private function request(Settings $settings): ListenRequest
    {
        $servers = self::listOf($this->option('server'));
        $isAll = (bool) $this->option('all');
        $isShared = (bool) $this->option('cluster');
        if (((int) ($servers !== []) + (int) $isAll + (int) $isShared) > 1) {
            throw new InvalidConfigurationException(
                '--server, --all and --cluster exclude each other: name servers, take all, or share them',
            );
        }
        if ($servers === [] && !$isAll && !$isShared) {
            $configured = $settings->listenTo();
            $isShared = $configured === 'cluster';
            $servers = is_array($configured) ? $configured : [];
        }
        if ($isShared && $settings->nullableString('redis') === null) {
            throw Settings::refused(
                'ami.redis',
                'it is null: --cluster needs AMI_REDIS_CONNECTION set to a Redis connection of config/database.php, such as default',
            );
        }
        $events = self::listOf($this->option('event'));
        if (in_array('', $events, strict: true)) {
            throw new InvalidConfigurationException('--event is "", must be an event name or a pattern such as Queue*');
        }

        return new ListenRequest(
            servers: $servers === [] ? null : $servers,
            isShared: $isShared,
            isForced: (bool) $this->option('force'),
            events: $events,
            metrics: self::listOf($this->option('metrics'))[0] ?? null,
            tickMs: $this->whole('tick-timeout-ms', max: 60_000),
            maxSeconds: $this->whole('max-time'),
            maxIterations: $this->whole('max-iterations'),
            memoryBytesMax: $this->whole('memory') * self::MIB,
            once: (bool) $this->option('once'),
            timeout: $this->whole('timeout'),
        );
    }

    /** Queues are rarely full, and servers may come at any time: so the limit holds for what is used, not for what could be. */
    private function warnOfMemory(ServerSource $source, Settings $settings, ListenRequest $request, Output $to): void
    {
        $memory = $request->memoryBytesMax;
        /** @var array<string, ServerConfig> $servers */
        $servers = Arr::only($source->all(), $request->servers ?? $source->keys());
        $queues = $settings->whole('queue.buffer_bytes') + $settings->whole('stream.buffer_bytes');
        foreach ($servers as $server) {
            $options = $server->options ?? $settings->clientOptions();
            $queues += $options->eventQueueBytes + $options->writeBufferLimit;
        }
        $now = ResidentMemory::bytes();
        if ($memory > 0 && $memory < ($queues + $now)) {
            $to->note('warning', sprintf(
                '--memory=%d: this process uses %d MB, and the queues of %d servers could take %d MB more if all of them were full. '
                . 'The worker restarts when it uses more than the limit.',
                intdiv($memory, self::MIB),
                (int) ceil($now / self::MIB),
                count($servers),
                (int) ceil($queues / self::MIB),
            ));
        }
    }

    private function workerOutput(): Output
    {
        $output = $this->output->getOutput();

        return $this->option('json') || !$output instanceof ConsoleOutputInterface || !stream_isatty(STDOUT)
            ? new JsonOutput($this->output)
            : new LiveOutput($output, $output->section());
    }
}
