<?php

declare(strict_types=1);

namespace Apn\AmiClient\Cli;

use Apn\AmiClient\AmiClientManager;
use Apn\AmiClient\Live\Kind;
use Apn\AmiClient\Live\LiveOptions;
use Apn\AmiClient\Live\Model;

/** ami live: shows the current calls, and with --queues the queues, until a signal or a time. */
final class LiveCommand implements Command
{
    private const float WAIT_SECONDS = 0.25;

    /** Seconds between two frames: at least, and at most, because the times of the calls go on without a change. */
    private const float FRAME_SECONDS = 0.25;
    private const float CLOCK_SECONDS = 1.0;

    private bool $isChanged = true;

    public function usage(): string
    {
        return '[SERVER]... [OPTION]...';
    }

    public function help(): array
    {
        return [
            'Shows the calls there are now on the servers named, or on all, the oldest first,',
            'and redraws them as they change, until Ctrl-C. TIME is the time since the',
            'answer; before, the time that a call rings, waits in a queue or exists. "?"',
            'behind a state: the session is lost, and the state is the last one known.',
            '',
            'Where the output is no terminal, each change is one line: time, server, what',
            'changed (call, queue, calls, queues), how, and NAME=value. What happens to a',
            'connection goes to standard error then.',
            '',
            '  --queues           queues, too: callers that wait, the longest wait, and how',
            '                     many members are free, busy, paused or away',
            '  --for=SECONDS      ends after so many seconds',
            '  --config=FILE      where the servers are, see ami --help',
            '',
            'The account needs read class call and write class reporting; for queues, read',
            'class agent. What it lacks is told beside the server.',
            '',
            'examples: ami live pbx1 --queues',
            '          ami live | grep \' call .*ended\'',
        ];
    }

    public function options(): array
    {
        return ['queues' => false, 'for' => true, 'config' => true];
    }

    public function misuseCode(): int
    {
        return 2;
    }

    public function run(Arguments $arguments, Console $console): int
    {
        $until = $arguments->has('for') ? microtime(true) + $arguments->seconds('for', default: 1.0) : INF;
        $hasQueues = $arguments->has('queues');
        $manager = $console->manager($arguments);
        $servers = $arguments->words === [Connections::ALL] ? [] : $arguments->words;
        $servers = array_values(array_unique($servers ?: $manager->serverKeys()));
        foreach ($servers as $server) {
            $manager->server($server);
        }
        $live = $manager->live(new LiveOptions(servers: $servers, kinds: $hasQueues ? [Kind::Queues] : []));
        $connections = new Connections($manager, $console);
        if ($console->terminal->width === null || $console->terminal->height === null) {
            $connections->announce();
            $lines = new LiveLines($live, $console);
            $lines->begin();
            self::open($manager, $servers);
            while (($now = microtime(true)) < $until && $console->goesOn()) {
                $manager->tick(self::milliseconds(min(self::WAIT_SECONDS, $until - $now)));
            }
            $lines->end();
        } else {
            $draw = static fn() => $console->frame(new LiveScreen(
                $live,
                $servers,
                $hasQueues,
                $console->terminal,
            )->lines($connections->details(), microtime(true)));
            $this->watch($manager, $live);
            self::open($manager, $servers);
            $this->draw($manager, $console, $draw, $until);
        }
        $manager->terminate();

        return 0;
    }

    /** @param list<string> $servers */
    private static function open(AmiClientManager $manager, array $servers): void
    {
        foreach ($servers as $server) {
            $manager->server($server)->open();
        }
    }

    private function watch(AmiClientManager $manager, Model $live): void
    {
        $changed = function (): void {
            $this->isChanged = true;
        };
        $live->onCall($changed);
        $live->onQueue($changed);
        $live->onState($changed);
        $manager->onStateChange($changed);
    }

    /** @param \Closure(): void $draw */
    private function draw(AmiClientManager $manager, Console $console, \Closure $draw, float $until): void
    {
        if (!$console->goesOn()) {
            return;
        }
        $console->beginFrames();
        try {
            $drawnAt = 0.0;
            while (($now = microtime(true)) < $until && $console->goesOn()) {
                $dueIn = $drawnAt + ($this->isChanged ? self::FRAME_SECONDS : self::CLOCK_SECONDS) - $now;
                if ($dueIn <= 0.0) {
                    $this->isChanged = false;
                    $drawnAt = $now;
                    $draw();
                    continue;
                }
                $manager->tick(self::milliseconds(min(self::WAIT_SECONDS, $dueIn, $until - $now)));
            }
            if ($this->isChanged) {
                $draw();
            }
        } finally {
            $console->endFrames();
        }
    }

    private static function milliseconds(float $seconds): int
    {
        return (int) ceil(1_000 * $seconds);
    }
}
