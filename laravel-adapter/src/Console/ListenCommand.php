<?php

declare(strict_types=1);

namespace Apn\AmiClient\Laravel\Console;

use Apn\AmiClient\AmiClientManager;
use Apn\AmiClient\AmiEvent;
use Apn\AmiClient\Laravel\Routing\EventRoutes;
use Apn\AmiClient\Laravel\Routing\Route;
use Apn\AmiClient\Laravel\Worker\Feed;
use Apn\AmiClient\Laravel\Worker\JsonOutput;
use Apn\AmiClient\Laravel\Worker\StopReason;
use Apn\AmiClient\Laravel\Worker\Worker;
use Apn\AmiClient\Laravel\Worker\WorkerOptions;
use Illuminate\Console\Command;
use Symfony\Component\Console\Attribute\AsCommand;

#[AsCommand(name: 'ami:listen')]
final class ListenCommand extends Command
{
    protected $signature = 'ami:listen
        {--server=* : Listen to these servers only}
        {--all : Listen to every server configured}
        {--once : Stop after the first event}
        {--max-iterations=0 : Stop after this many turns of the loop}
        {--max-time=0 : Stop after this many seconds}
        {--tick-timeout-ms=250 : Longest wait of one tick}
        {--json : One JSON object a line}
        {--event=* : Only events of these names or patterns}';

    protected $description = 'Listen to Asterisk and dispatch its events until told to stop';

    public function handle(AmiClientManager $manager, EventRoutes $routes): int
    {
        $output = new JsonOutput($this->output);
        $worker = new Worker($manager, new WorkerOptions(once: (bool) $this->option('once')), [], report(...));
        $this->trap(fn(): array => [SIGTERM, SIGINT, SIGQUIT], static function () use ($worker): false {
            $worker->stop(StopReason::Signal);

            return false;
        });
        $list = $routes->all($this->laravel['events']);
        $list[] = new Route($this->option('event') ?: ['*'], [], 'the output', function (AmiEvent $event) use (
            $output,
            $worker,
        ): void {
            $output->event($event);
            if ($this->option('once')) {
                $worker->stop(StopReason::Once);
            }
        });
        $servers = $this->option('server') ?: $manager->serverKeys();
        $output->started($servers, $list);
        $manager->onStateChange($output->state(...));
        foreach ($servers as $server) {
            new Feed($manager->server($server), 'x')->open($list);
        }
        $reason = $worker->run();
        $output->stopped($reason);

        return $reason->exitCode();
    }
}
