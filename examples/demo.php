<?php

/**
 * Shows in half a minute what this is for: live events of a cluster, sixty calls at once, a listener that sleeps, and a server that is lost and
 * comes back. On a terminal it is one screen with captions; elsewhere it is a few lines for each scene.
 *
 * `make demo` runs it against three fake servers, `make demo-asterisk` against a real Asterisk 22 and 16. By hand:
 *
 *     AMI_DEMO_SERVERS=pbx1=10.0.0.5:5038 AMI_DEMO_USER=admin AMI_DEMO_SECRET=... php examples/demo.php
 *
 * It calls Local/201@answer, @busy, @noanswer and @congestion: contexts of your dialplan, if these are servers of yours. Without the commands
 * AMI_DEMO_STOP_PBX1 and AMI_DEMO_START_PBX1 no server is killed.
 */

declare(strict_types=1);

use Apn\AmiClient\Actions\Hangup;
use Apn\AmiClient\Actions\Originate;
use Apn\AmiClient\Actions\Ping;
use Apn\AmiClient\Actions\UserEvent;
use Apn\AmiClient\AmiClientManager;
use Apn\AmiClient\AmiEvent;
use Apn\AmiClient\Cli\Printable;
use Apn\AmiClient\Cli\Terminal;
use Apn\AmiClient\ClientOptions;
use Apn\AmiClient\Events\EventName;
use Apn\AmiClient\Events\Header;
use Apn\AmiClient\Exception\AmiException;
use Apn\AmiClient\Gap;
use Apn\AmiClient\OriginateOutcome;
use Apn\AmiClient\ServerConfig;
use Apn\AmiClient\ServerHealth;

require __DIR__ . '/../php/autoload.php';
require __DIR__ . '/Call.php';

/** One screen of a terminal, drawn again in place; where there is no terminal, lines as they come. */
final readonly class Screen
{
    /** The smallest terminal that people have: 80 by 24, one line left for the cursor. */
    private const int LINES = 23;
    private const int COLUMNS = 79;

    private Terminal $terminal;

    public function __construct()
    {
        $this->terminal = Terminal::of(STDOUT, STDERR, getenv());
        if ($this->isDrawn()) {
            // What was there scrolls up; it is not wiped.
            echo str_repeat("\n", self::LINES);
        }
    }

    public function isDrawn(): bool
    {
        return $this->terminal->width !== null;
    }

    /** @param list<string> $lines */
    public function draw(array $lines): void
    {
        if (!$this->isDrawn()) {
            return;
        }
        $text = "\e[H";
        foreach (array_slice($lines, 0, self::LINES) as $line) {
            $width = min(self::COLUMNS, (int) $this->terminal->width - 1);
            $text .= $this->styled(Printable::cut(Printable::text($line), $width)) . "\e[K\n";
        }
        echo "{$text}\e[J";
    }

    /** A line for the record, where nothing is drawn. */
    public function say(string $line): void
    {
        if (!$this->isDrawn()) {
            echo Printable::text($line), "\n";
        }
    }

    /** Headings stand at the margin, all else is indented. */
    private function styled(string $line): string
    {
        if (!$this->terminal->hasColours || $line === '' || $line[0] === ' ') {
            return $line;
        }

        return "\e[1;36m{$line}\e[0m";
    }
}

final class Demo
{
    private const int CALLS = 60;
    private const int PINGS_A_SECOND = 5;
    private const int FRAMES_A_SECOND = 8;
    private const int TICKER_LINES = 8;
    private const int SLEEP = 2;

    private readonly AmiClientManager $ami;
    private readonly Screen $screen;
    private readonly float $started;

    /** What the lower half of the screen shows. */
    private string $scene = '';

    /** @var list<string> */
    private array $caption = [];

    /** @var list<string> what is to be remembered at the end */
    private array $seen = [];

    /** @var list<string> the last events, one a line */
    private array $ticker = [];

    /** @var array<string, int> */
    private array $events = [];

    /** @var array<string, float> events a second, smoothed */
    private array $rates = [];
    private float $ratedAt = 0.0;

    /** @var array<string, int> */
    private array $rated = [];

    /** @var array<string, float> last answer to a Ping in milliseconds; INF while none comes */
    private array $ping = [];

    /** @var array<string, list<float>> all of this scene */
    private array $pings = [];

    /** @var array<string, Call> by channelId, which is the Linkedid of their events */
    private array $calls = [];

    /** @var list<Gap> */
    private array $gaps = [];
    private int $actions = 0;
    private float $nextPing = 0.0;
    private float $nextFrame = 0.0;

    public function __construct()
    {
        $this->started = microtime(true);
        $this->screen = new Screen();
        // A demonstration is in more of a hurry than a production system should be.
        $options = new ClientOptions(reconnectMinDelay: 0.2, reconnectMaxDelay: 1.0, circuitFailureThreshold: 1_000);
        $this->ami = new AmiClientManager(self::servers(), $options);
    }

    public function run(): int
    {
        $this->listen();
        foreach ($this->ami->connectAll(wait: 10.0) as $key => $reason) {
            fwrite(STDERR, "demo.php: {$key} could not be reached: {$reason->value}\n");
        }
        if (!$this->isEverybodyThere()) {
            return 1;
        }
        $this->liveEvents();
        $this->manyCalls();
        $this->slowListener();
        $isBack = $this->lostServer();
        $this->summary();
        $this->ami->terminate(grace: 1.0);

        return $isBack ? 0 : 1;
    }

    /** @return list<ServerConfig> */
    private static function servers(): array
    {
        $servers = [];
        foreach (explode(',', self::setting('AMI_DEMO_SERVERS')) as $server) {
            if (preg_match('/^([^=]+)=(.+):(\d+)$/', $server, $found) !== 1) {
                fwrite(STDERR, "demo.php: AMI_DEMO_SERVERS has {$server}, which is not KEY=HOST:PORT\n");
                exit(2);
            }
            $servers[] = new ServerConfig(
                key: $found[1] ?? '',
                host: $found[2] ?? '',
                port: (int) ($found[3] ?? 0),
                username: self::setting('AMI_DEMO_USER'),
                secret: self::setting('AMI_DEMO_SECRET'),
            );
        }

        return $servers;
    }

    private static function setting(string $name): string
    {
        $value = getenv($name);
        if ($value === false || $value === '') {
            fwrite(STDERR, "demo.php: set {$name} (see the head of the file)\n");
            exit(2);
        }

        return $value;
    }

    private function listen(): void
    {
        $this->ami->onEvent('*', function (AmiEvent $event): void {
            $this->events[$event->serverKey] = ($this->events[$event->serverKey] ?? 0) + 1;
        });
        $names = [
            EventName::Newchannel,
            EventName::DialEnd,
            EventName::BridgeEnter,
            EventName::QueueCallerJoin,
            EventName::AgentConnect,
            EventName::Hangup,
        ];
        $this->ami->onEvent($names, function (AmiEvent $event): void {
            $channel = $event->get(Header::Channel) ?? $event->get(Header::DestChannel) ?? '';
            $what =
                $event->get(Header::CauseTxt) ?? $event->get(Header::DialStatus) ?? $event->get(Header::ChannelStateDesc)
                    ?? '';
            $this->ticker[] = sprintf('%-8s %-15s %-32s %s', $event->serverKey, $event->name, $channel, $what);
            $this->ticker = array_slice($this->ticker, -self::TICKER_LINES);
        });
        // One listener for all calls: one for each would stay after its call.
        $this->ami->onEvent(EventName::Hangup, function (AmiEvent $event): void {
            $call = $this->calls[(string) $event[Header::LinkedId]] ?? null;
            if ($call !== null) {
                $call->hangups[] = $event;
            }
        });
        $this->ami->onGap(function (Gap $gap): void {
            $this->gaps[] = $gap;
        });
    }

    private function liveEvents(): void
    {
        $servers = count($this->ami->serverKeys());
        $this->begin('1 of 4: live events', [
            "One PHP process is logged in to {$servers} servers. No call of it blocks: connects,",
            'logins, reads and keepalives all happen inside tick().',
        ]);
        $nextCall = 0.0;
        $this->watch(4.0, $this->lastEvents(...), function () use (&$nextCall): void {
            if (microtime(true) >= $nextCall) {
                $nextCall = microtime(true) + 0.4;
                array_map(fn(string $key) => $this->call('answer', $key), $this->ami->serverKeys());
            }
        });
        $this->hangUpAll();
        $this->end(sprintf(
            '%d servers in one PHP process, %s events in 4 s',
            $servers,
            number_format(array_sum($this->events)),
        ));
    }

    private function manyCalls(): void
    {
        $this->begin('2 of 4: ' . self::CALLS . ' calls at once', [
            'Each Originate is sent without waiting for the one before, and ends once, with',
            'what became of it. The servers share them: ' . implode(', ', $this->ami->serverKeys()) . '.',
        ]);
        $this->calls = [];
        $servers = $this->ami->serverKeys();
        for ($number = 0; $number < self::CALLS; ++$number) {
            $becomes = ['answer', 'busy', 'answer', 'noanswer', 'answer', 'congestion', 'answer', 'busy'][$number % 8];
            $this->call($becomes, $servers[$number % count($servers)]);
        }
        $isDone = fn(): bool => $this->outcomes()['still ringing'] === 0;
        $this->watch(15.0, $this->bars(...), until: $isDone);
        $this->watch(1.5, $this->bars(...));
        $parts = [];
        foreach (array_filter($this->outcomes()) as $outcome => $count) {
            $parts[] = "{$count} {$outcome}";
        }
        $this->end(self::CALLS . ' calls at once: ' . implode(', ', $parts));
        $this->hangUpAll();
    }

    private function slowListener(): void
    {
        $seconds = self::SLEEP;
        $this->begin('3 of 4: a listener that sleeps', [
            "A listener now sleeps for {$seconds} s, as a slow query would. PHP reads nothing then,",
            'and Asterisk cuts off who does not read: so a guard thread reads meanwhile.',
        ]);
        $before = $after = [];
        $sleeping = $this->ami->onEvent(
            'UserEvent',
            function () use (&$before, &$after): void {
                if ($before === []) {
                    $before = $this->ami->health();
                    usleep(1_000_000 * self::SLEEP);
                    $after = $this->ami->health();
                }
            },
            where: ['UserEvent' => 'Sleep'],
        );
        $this->watch(1.0, fn(): array => ["  sleeping for {$seconds} s ..."]);
        $this->ami->send(new UserEvent('Sleep'), $this->ami->serverKeys()[0]);
        foreach (range(1, 100) as $number) {
            $this->ami->sendAll(new UserEvent('Demo', headers: ['Number' => $number]));
        }
        $this->actions += 100 * count($this->ami->serverKeys());
        $this->watch(10.0, fn(): array => ["  sleeping for {$seconds} s ..."], until: static function () use (
            &$after,
        ): bool {
            return $after !== [];
        });
        $sleeping->cancel();
        $waited = $lost = 0;
        foreach ($after as $key => $health) {
            $waited += $health->eventsReceived - $before[$key]->eventsReceived;
            $lost += $health->reconnects - $before[$key]->reconnects + ($health->isReady() ? 0 : 1);
        }
        $result =
            "a listener slept for {$seconds} s: "
            . number_format($waited)
            . " events were read meanwhile, {$lost} sessions lost";
        $this->watch(2.0, static fn(): array => ["  {$result}", '', '  Now they are delivered, in their order.']);
        $this->end($result);
    }

    /** Kills the first server, shows that the others go on, and brings it back. False where it does not come back. */
    private function lostServer(): bool
    {
        $lost = $this->ami->serverKeys()[0];
        $stop = getenv('AMI_DEMO_STOP_' . strtoupper($lost));
        $start = getenv('AMI_DEMO_START_' . strtoupper($lost));
        if ($stop === false || $start === false) {
            return true;
        }
        $this->begin('4 of 4: a lost server', [
            "{$lost} is killed, and started again after 3 s. The others must not notice. The",
            'client connects again by itself; a Gap says that events may be missing.',
        ]);
        $this->watch(1.5, fn(): array => ["  {$lost} is about to be killed"]);
        $before = $this->pingOfOthers($lost);
        $this->pings = [];
        $killedAt = microtime(true);
        exec($stop);
        $this->watch(3.0, fn(): array => ["  {$lost} was killed", '', ...$this->lastEvents()]);
        exec($start);
        $isBack = fn(): bool => $this->ami->server($lost)->isReady() && $this->gaps !== [];
        $this->watch(15.0, fn(): array => ["  {$lost} is starting", '', ...$this->lastEvents()], until: $isBack);
        $away = number_format(microtime(true) - $killedAt, decimals: 1);
        $gap = $this->gaps[0] ?? null;
        $neighbours = sprintf(
            'meanwhile the others answered a Ping in %s, before in %s (median)',
            self::milliseconds($this->pingOfOthers($lost)),
            self::milliseconds($before),
        );
        if (!$isBack() || $gap === null) {
            $this->end("{$lost} did not come back");

            return false;
        }
        $lasted = number_format($gap->to - $gap->from, decimals: 1);
        $back = "{$lost} was killed and was back after {$away} s; a Gap of {$lasted} s told of it";
        $this->watch(2.5, fn(): array => ["  {$back}", "  {$neighbours}", '', ...$this->lastEvents(5)]);
        $this->end($back);
        $this->end($neighbours);

        return true;
    }

    private function summary(): void
    {
        $dropped = array_sum(array_map(
            static fn(ServerHealth $health): int => $health->eventsDropped,
            $this->ami->health(),
        ));
        $lines = [
            $this->title('What you saw'),
            '',
            ...array_map(static fn(string $seen): string => "  {$seen}", $this->seen),
            sprintf(
                '  in all %s events, %d of them dropped, and %d actions',
                number_format(array_sum($this->events)),
                $dropped,
                $this->actions,
            ),
            '',
            'Read next',
            '',
            '  docs/getting-started.md    connect, send, listen: your first program',
            '  docs/recipes.md            click to call, agents, transfers, campaigns',
            '  examples/dialer.php        a dialer that places calls as this did',
            '  tools/php bin/ami help     the same from a shell',
            '  docs/workers.md            a worker that lives for months',
        ];
        $this->screen->draw($lines);
        foreach (array_slice($lines, count($this->seen) + 2) as $line) {
            $this->screen->say($line);
        }
    }

    /** @param list<string> $caption */
    private function begin(string $scene, array $caption): void
    {
        $this->scene = $scene;
        $this->caption = $caption;
        $this->pings = [];
        $this->screen->say($this->title($scene));
        foreach ($caption as $line) {
            $this->screen->say("  {$line}");
        }
    }

    private function end(string $result): void
    {
        $this->seen[] = $result;
        $this->screen->say("  => {$result}");
    }

    private function title(string $scene): string
    {
        $seconds = number_format(microtime(true) - $this->started, decimals: 1);

        return sprintf('ami_client  %-56s %6s s', $scene, $seconds);
    }

    /**
     * Works for so many seconds, or until that is true, and draws.
     *
     * @param Closure(): list<string> $panel the lower half of the screen
     * @param (Closure(): void)|null $also what else there is to do
     * @param (Closure(): bool)|null $until
     */
    private function watch(float $seconds, Closure $panel, ?Closure $also = null, ?Closure $until = null): void
    {
        $end = microtime(true) + $seconds;
        $this->nextFrame = 0.0;
        while (($now = microtime(true)) < $end && ($until === null || !$until())) {
            if ($also !== null) {
                $also();
            }
            if ($now >= $this->nextPing) {
                $this->nextPing = $now + (1 / self::PINGS_A_SECOND);
                $this->pingAll();
            }
            $this->ami->tick(20);
            if ($now >= $this->nextFrame) {
                $this->nextFrame = $now + (1 / self::FRAMES_A_SECOND);
                $this->screen->draw([
                    $this->title($this->scene),
                    ...array_map(static fn(string $line): string => "  {$line}", $this->caption),
                    '',
                    ...$this->table(),
                    '',
                    ...$panel(),
                ]);
            }
        }
    }

    private function pingAll(): void
    {
        foreach ($this->ami->serverKeys() as $key) {
            if (!$this->ami->server($key)->isReady()) {
                $this->ping[$key] = INF;
                continue;
            }
            $sent = hrtime(true);
            ++$this->actions;
            $this->ami
                ->send(new Ping(), $key)
                ->onComplete(function (?Throwable $error) use ($key, $sent): void {
                    $milliseconds = $error === null ? (hrtime(true) - $sent) / 1e6 : INF;
                    $this->ping[$key] = $milliseconds;
                    $this->pings[$key][] = $milliseconds;
                });
        }
    }

    /** The median: one that met a slice of another process says nothing. */
    private function pingOfOthers(string $lost): float
    {
        $pings = array_merge(...array_values(array_diff_key($this->pings, [$lost => true])));
        sort($pings);

        return $pings[intdiv(count($pings), 2)] ?? INF;
    }

    private static function milliseconds(float $milliseconds): string
    {
        return is_finite($milliseconds) ? number_format($milliseconds, decimals: 1) . ' ms' : '-';
    }

    /** @return list<string> */
    private function table(): array
    {
        $this->rate();
        $lines = [sprintf(
            '  %-10s %-14s %9s %8s %9s %8s %11s',
            'server',
            'state',
            'events/s',
            'pending',
            'ping',
            'dropped',
            'reconnects',
        )];
        foreach ($this->ami->health() as $key => $health) {
            $lines[] = sprintf(
                '  %-10s %-14s %9.0f %8d %9s %8d %11d',
                $key,
                $health->state->value,
                $this->rates[$key] ?? 0.0,
                $health->pendingActions,
                self::milliseconds($this->ping[$key] ?? INF),
                $health->eventsDropped,
                $health->reconnects,
            );
        }

        return $lines;
    }

    private function rate(): void
    {
        $now = microtime(true);
        if ($now < ($this->ratedAt + 0.5)) {
            return;
        }
        foreach ($this->events as $key => $count) {
            $this->rates[$key] = ($count - ($this->rated[$key] ?? 0)) / ($now - $this->ratedAt);
        }
        $this->rated = $this->events;
        $this->ratedAt = $now;
    }

    /** @return list<string> */
    private function lastEvents(int $count = self::TICKER_LINES): array
    {
        return array_map(static fn(string $line): string => "  {$line}", array_slice($this->ticker, -$count));
    }

    /** @return list<string> */
    private function bars(): array
    {
        $lines = [];
        foreach ($this->outcomes() as $outcome => $count) {
            $lines[] = sprintf(
                '  %-14s %3d  %s',
                $outcome,
                $count,
                str_repeat($outcome === 'still ringing' ? '.' : '#', $count),
            );
        }

        return $lines;
    }

    /** @return array<string, int> */
    private function outcomes(): array
    {
        $counts = [
            'answered' => 0,
            'busy' => 0,
            'no answer' => 0,
            'congestion' => 0,
            'failed' => 0,
            'still ringing' => 0,
        ];
        foreach ($this->calls as $call) {
            $outcome = $call->error === null ? $call->result()?->outcome : OriginateOutcome::Failed;
            ++$counts[strtr($outcome->value ?? 'still ringing', '_', ' ')];
        }

        return $counts;
    }

    /** @param string $becomes the context of the dialplan, which says what becomes of it */
    private function call(string $becomes, string $server): void
    {
        $originate = new Originate(
            channel: "Local/201@{$becomes}",
            context: 'answer',
            exten: '300',
            priority: 1,
            timeoutMs: 3_000,
            async: true,
        );
        $call = new Call($originate->channel, $server);
        $this->calls[$originate->channelId] = $call;
        ++$this->actions;
        $this->ami->send($originate, $server)->onComplete($call->end(...));
    }

    private function hangUpAll(): void
    {
        foreach ($this->calls as $call) {
            $result = $call->result();
            if ($result?->isAnswered() !== true || $result->channel === null) {
                continue;
            }
            try {
                ++$this->actions;
                // It may have ended by itself: whatever the answer is, it is hung up.
                $this->ami->send(new Hangup($result->channel), $call->server)->onComplete(static function (): void {});
            } catch (AmiException) {
                continue;
            }
        }
        $this->calls = [];
    }

    private function isEverybodyThere(): bool
    {
        return array_all($this->ami->health(), static fn(ServerHealth $health): bool => $health->isReady());
    }
}

exit(new Demo()->run());
