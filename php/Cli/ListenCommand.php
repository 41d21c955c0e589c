<?php

declare(strict_types=1);

namespace Apn\AmiClient\Cli;

use Apn\AmiClient\AmiClientManager;
use Apn\AmiClient\AmiEvent;
use Apn\AmiClient\Gap;
use Apn\AmiClient\Glob;

/** ami listen: prints events until a signal, a count or a time. */
final class ListenCommand implements Command
{
    private const float WAIT_SECONDS = 0.25;

    /** Number of events that may still be printed. */
    private int $left = PHP_INT_MAX;

    private float $silentSince = 0.0;
    private bool $isSilenceTold = false;

    public function usage(): string
    {
        return '[SERVER]... [OPTION]...';
    }

    public function help(): array
    {
        return [
            'Prints events of the servers named, or of all, one a line, until a signal. What',
            'happens to a connection goes to standard error.',
            '',
            '  --event=NAME       only these; * stands for any text; may be given again',
            '  --where=HEADER=VALUE  only where the header has this value, in which * stands',
            '                     for any text; one header given twice may have either value',
            '  --fields=A,B       these headers only, in this order',
            '  --full             all headers, a line each, as Asterisk wrote them',
            '  --json             an object a line: server, at (Unix time), headers',
            '  --count=N          ends after so many events',
            '  --for=SECONDS      ends after so many seconds',
            '  --record=FILE      writes all events to a new file, secrets taken out, for',
            '                     `ami fake --replay`',
            '  --config=FILE      where the servers are, see ami --help',
            '',
            'examples: ami listen pbx1 --event=Hangup --fields=Channel,Cause-txt',
            '          ami listen --event=\'Queue*\' --where=Queue=support --for=60',
            '          ami listen --json | jq -r .headers.channel',
        ];
    }

    public function options(): array
    {
        return [
            'event' => true,
            'where' => true,
            'fields' => true,
            'full' => false,
            'json' => false,
            'count' => true,
            'for' => true,
            'record' => true,
            'config' => true,
        ];
    }

    public function misuseCode(): int
    {
        return 2;
    }

    public function run(Arguments $arguments, Console $console): int
    {
        $count = $arguments->option('count');
        if ($count !== null && (!ctype_digit($count) || (int) $count === 0)) {
            throw new UsageException("--count is {$count}, must be a number above 0");
        }
        $this->left = $count === null ? PHP_INT_MAX : (int) $count;
        $until = $arguments->has('for') ? microtime(true) + $arguments->seconds('for', default: 1.0) : INF;
        $where = self::where($arguments->all('where'));
        $manager = $console->manager($arguments);
        $servers = $arguments->words === [Connections::ALL] ? [] : $arguments->words;
        $servers = $servers ?: $manager->serverKeys();
        foreach ($servers as $server) {
            // An unknown server is refused before the file of a recording is made.
            $manager->server($server);
        }
        $record = $arguments->option('record');
        $recorder = $record === null ? null : $console->recorder($manager, $record);
        $this->subscribe($manager, $arguments, $where, $console);
        foreach ($servers as $server) {
            $manager->server($server)->open();
        }
        $this->silentSince = microtime(true);
        while ($this->left > 0 && ($now = microtime(true)) < $until && $console->goesOn()) {
            $manager->tick((int) ceil(1_000 * min(self::WAIT_SECONDS, $until - $now)));
            $this->tellOfSilence($manager, $servers, $console);
        }
        $recorder?->stop();
        $manager->terminate();

        return 0;
    }

    /**
     * @param list<string> $conditions HEADER=VALUE
     *
     * @return array<string, list<Glob>>
     */
    private static function where(array $conditions): array
    {
        $where = [];
        foreach ($conditions as $condition) {
            $parts = explode('=', $condition, limit: 2);
            if (!isset($parts[1]) || $parts[0] === '') {
                throw new UsageException("--where={$condition} is not HEADER=VALUE");
            }
            $where[strtolower($parts[0])][] = new Glob($parts[1]);
        }

        return $where;
    }

    /** @param list<string> $servers */
    private function tellOfSilence(AmiClientManager $manager, array $servers, Console $console): void
    {
        if ($this->isSilenceTold || !$console->terminal->isWatched || microtime(true) < ($this->silentSince + 1.0)) {
            return;
        }
        $this->isSilenceTold = true;
        $waiting = array_filter($servers, static fn(string $key): bool => !$manager->server($key)->isReady());
        $console->error(
            $waiting === []
                ? 'ami: connected; no such event yet, Ctrl-C ends'
                : 'ami: waiting for ' . implode(', ', $waiting) . ' ...',
        );
    }

    /** @param array<string, list<Glob>> $where */
    private function subscribe(AmiClientManager $manager, Arguments $arguments, array $where, Console $console): void
    {
        $line = new EventLine($arguments->names('fields'));
        $show = match (true) {
            $arguments->has('json') => static fn(AmiEvent $event) => $console->json([
                'server' => $event->serverKey,
                'at' => $event->receivedAt,
                'headers' => $console->values($event),
            ]),
            $arguments->has('full') => static fn(AmiEvent $event) => self::showInFull($event, $console),
            default => static fn(AmiEvent $event) => $console->cutLine(...$line->spans(
                $event,
                $console->headers($event),
            )),
        };
        $names = $arguments->all('event') ?: '*';
        $manager->onEvent(
            $names,
            function (AmiEvent $event) use ($show): void {
                $this->isSilenceTold = true;
                // One tick may deliver more events than --count allows.
                if ($this->left-- > 0) {
                    $show($event);
                }
            },
            $where,
        );
        new Connections($manager, $console)->announce();
        $manager->onGap(static function (Gap $gap) use ($console): void {
            $why = $gap->reason === null ? "{$gap->dropped} dropped" : $gap->reason->value;
            $console->error("{$gap->serverKey}: events are missing ({$why})");
        });
    }

    private static function showInFull(AmiEvent $event, Console $console): void
    {
        $console->line(sprintf('--- %s %s', $event->serverKey, date('Y-m-d H:i:s', (int) $event->receivedAt)));
        $console->message($event);
    }
}
