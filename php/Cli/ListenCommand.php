<?php

declare(strict_types=1);

namespace Apn\AmiClient\Cli;

use Apn\AmiClient\AmiClientManager;
use Apn\AmiClient\AmiEvent;
use Apn\AmiClient\ConnectionState;
use Apn\AmiClient\DisconnectReason;
use Apn\AmiClient\Gap;

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

    public function help(): array
    {
        return [
            'Prints the events of the servers named, or of all, until a signal. What happens to a connection goes to standard error.',
            '',
            '  --event=NAME   only these; * allowed; may be given more than once',
            '  --json         an object a line: server, at (Unix time), headers',
            '  --count=N      ends after so many events',
            '  --record=FILE  writes all events to a new file, secrets taken out, for `ami fake --replay`',
            '  --config=FILE  where the servers are, see ami --help',
            '',
            'examples: ami listen pbx1 --event=Hangup --event=\'Queue*\'',
            '          ami listen --json | jq -r .headers.channel',
        ];
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
        $recorder = $record === null ? null : $console->recorder($manager, $record);
        $this->subscribe($manager, $arguments, $console);
        foreach ($arguments->words ?: $manager->serverKeys() as $server) {
            $manager->server($server)->open();
        }
        while ($this->left > 0 && $console->goesOn()) {
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
                    'headers' => $console->values($event),
                ]) : $this->show($event, $console);
        });
        $manager->onStateChange(static function (
            string $server,
            ConnectionState $from,
            ConnectionState $to,
            ?DisconnectReason $reason,
            string $detail,
        ) use ($console): void {
            $isLost = $to === ConnectionState::Disconnected && $reason !== DisconnectReason::Requested;
            match (true) {
                $to === ConnectionState::Ready => $console->error("{$server}: ready"),
                $isLost && $from === ConnectionState::Ready => $console->error(
                    "{$server}: lost: {$reason?->value}, {$detail}",
                ),
                $isLost => $console->error("{$server}: not connected: {$reason?->value}, {$detail}"),
                default => null,
            };
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
