<?php

declare(strict_types=1);

namespace Apn\AmiClient\Cli;

use Apn\AmiClient\AmiClientManager;
use Apn\AmiClient\AmiEvent;
use Apn\AmiClient\ConnectionState;
use Apn\AmiClient\DisconnectReason;
use Apn\AmiClient\Gap;
use Apn\AmiClient\Recording\Recorder;

/** ami listen: events as they come, until a signal or a bound. */
final class ListenCommand implements Command
{
    private const int WAIT_MS = 250;

    /** How many events may still be printed. */
    private int $left = PHP_INT_MAX;

    public function usage(): string
    {
        return '[SERVER]... [--event=NAME]... [--json] [--count=N] [--record=FILE] [--config=FILE]';
    }

    public function options(): array
    {
        return ['event' => true, 'json' => false, 'count' => true, 'record' => true, 'config' => true];
    }

    public function run(Arguments $arguments, Console $console): int
    {
        $count = $arguments->option('count');
        if ($count !== null && (!ctype_digit($count) || (int) $count === 0)) {
            throw new UsageException("--count is {$count}, must be a number above 0");
        }
        $this->left = $count === null ? PHP_INT_MAX : (int) $count;
        $manager = $console->manager($arguments);
        $record = $arguments->option('record');
        $recorder = $record === null ? null : new Recorder($manager, $record);
        $this->subscribe($manager, $arguments, $console);
        foreach ($arguments->words ?: $manager->serverKeys() as $server) {
            $manager->server($server)->open();
        }
        while (!$console->isStopping() && $this->left > 0) {
            self::step($manager);
        }
        $recorder?->stop();
        $manager->terminate();

        return 0;
    }

    /** One turn of the loop: waits for something to do, and delivers it. */
    public static function step(AmiClientManager $manager): void
    {
        $manager->tick(self::WAIT_MS);
    }

    private function subscribe(AmiClientManager $manager, Arguments $arguments, Console $console): void
    {
        $isJson = $arguments->has('json');
        $manager->onEvent($arguments->all('event') ?: '*', function (AmiEvent $event) use ($isJson, $console): void {
            // One tick may deliver more than were asked for.
            if ($this->left-- <= 0) {
                return;
            }
            $isJson
                ? $console->json([
                    'server' => $event->serverKey,
                    'at' => $event->receivedAt,
                    'headers' => $console->headers($event),
                ]) : $this->show($event, $console);
        });
        $manager->onStateChange(static function (
            string $server,
            ConnectionState $from,
            ConnectionState $to,
            ?DisconnectReason $reason,
            string $detail,
        ) use ($console): void {
            $console->error(rtrim("{$server}: {$from->value} -> {$to->value} {$reason?->value} {$detail}"));
        });
        $manager->onGap(static function (Gap $gap) use ($console): void {
            $why = $gap->reason === null ? "{$gap->dropped} dropped" : $gap->reason->value;
            $console->error("{$gap->serverKey}: events are missing ({$why})");
        });
    }

    private function show(AmiEvent $event, Console $console): void
    {
        $console->line(sprintf('--- %s %s', $event->serverKey, date('Y-m-d H:i:s', (int) $event->receivedAt)));
        $console->message($event);
    }
}
