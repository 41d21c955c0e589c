<?php

declare(strict_types=1);

namespace Apn\AmiClient\Cli;

use Apn\AmiClient\Exception\LiveUnavailableException;
use Apn\AmiClient\Live\Call;
use Apn\AmiClient\Live\Kind;
use Apn\AmiClient\Live\Model;
use Apn\AmiClient\Live\Queue;
use Apn\AmiClient\Live\State;

/** Makes the frames of ami live: the states of the servers, the queues, and the calls, the oldest first. */
final readonly class LiveScreen
{
    private const int SERVER_WIDEST = 12;

    /** Columns between two servers. */
    private const int BETWEEN = 3;
    private const int STATE_WIDTH = 10;
    private const int CLOCK_WIDTH = 8;

    /** Columns of all numbers of a queue. */
    private const int COUNTS_WIDTH = 45;

    private int $width;
    private int $height;
    private int $serverWidth;

    /** @param list<string> $servers */
    public function __construct(
        private Model $live,
        private array $servers,
        private bool $hasQueues,
        Terminal $terminal,
    ) {
        $this->width = $terminal->width ?? 80;
        $this->height = $terminal->height ?? 24;
        $widest = array_map(static fn(string $server): int => Printable::width(Printable::text($server)), $servers);
        $this->serverWidth = min(self::SERVER_WIDEST, max(strlen('SERVER'), ...$widest));
    }

    /**
     * The lines of a frame, fewer than the terminal has.
     *
     * @param array<string, string> $reasons by server, why it has no session
     *
     * @return list<list<Span>>
     */
    public function lines(array $reasons, float $now): array
    {
        $calls = [];
        $queues = [];
        $problems = [];
        foreach ($this->servers as $server) {
            try {
                array_push($calls, ...iterator_to_array($this->live->calls($server), preserve_keys: false));
            } catch (LiveUnavailableException $error) {
                $problems[$server] = self::problem('no calls', $error);
            }
            try {
                array_push($queues, ...$this->hasQueues ? $this->live->queues($server) : []);
            } catch (LiveUnavailableException $error) {
                $problems[$server] ??= self::problem('no queues', $error);
            }
        }
        $title = count($calls) === 1 ? '1 call' : count($calls) . ' calls';
        $clock = date('H:i:s', (int) $now);
        $lines = [
            [new Span(self::padded($title, $this->width - strlen($clock)), Style::Bold), new Span($clock, Style::Dim)],
            ...$this->states($reasons, $problems),
        ];
        if ($queues !== []) {
            // One half of the lines is for queues, the other for calls; the last line is for the cursor.
            array_push($lines, [], ...$this->queues($queues, intdiv($this->height - 1 - count($lines), 2) - 1));
        }

        return [...$lines, [], ...$this->calls($calls, $this->height - 2 - count($lines), $now)];
    }

    /**
     * The state of each server, as many on a line as fit.
     *
     * @param array<string, string> $reasons
     * @param array<string, string> $problems
     *
     * @return list<list<Span>>
     */
    private function states(array $reasons, array $problems): array
    {
        $lines = [];
        $line = [];
        $used = 0;
        foreach ($this->servers as $server) {
            [$name, $state] = [Printable::text($server), $this->live->state($server, Kind::Calls)];
            $text = Printable::text($this->stateText($server, $state, $reasons, $problems));
            $needed = Printable::width($name) + 1 + Printable::width($text);
            if ($line !== [] && ($used + self::BETWEEN + $needed) > $this->width) {
                $lines[] = $line;
                $line = [];
                $used = 0;
            }
            $between = $line === [] ? 0 : self::BETWEEN;
            $line = [...$line, new Span(str_repeat(' ', $between) . "{$name} "), new Span($text, self::style($state))];
            $used += $between + $needed;
        }

        return [...$lines, $line];
    }

    /**
     * @param array<string, string> $reasons
     * @param array<string, string> $problems
     */
    private function stateText(string $server, State $state, array $reasons, array $problems): string
    {
        $queues = $this->hasQueues ? $this->live->state($server, Kind::Queues) : $state;
        $reason = $state === State::Stale ? $reasons[$server] ?? null : $problems[$server] ?? null;

        return (
            $state->value
            . ($queues === $state ? '' : ", queues {$queues->value}")
            . ($this->live->isTruncated($server) ? ', truncated' : '')
            . ($reason === null ? '' : " ({$reason})")
        );
    }

    /**
     * @param list<Queue> $queues
     *
     * @return list<list<Span>>
     */
    private function queues(array $queues, int $room): array
    {
        $width = max(8, $this->width - $this->serverWidth - self::COUNTS_WIDTH - 2);
        $heading = self::counts('WAITING', 'LONGEST', 'FREE', 'BUSY', 'PAUSED', 'AWAY');
        $lines = [[new Span($this->begun('SERVER', 'QUEUE', $width) . $heading, Style::Bold)]];
        $shown = self::thatFit($queues, $room - 1);
        foreach ($shown as $queue) {
            $view = new QueueView($queue);
            $counts = self::counts(
                $view->waiting,
                $view->waiting === 0 ? '-' : CallView::clock($view->longest),
                $view->free,
                $view->busy,
                $view->paused,
                $view->away,
            );
            $style = match (true) {
                $this->live->state($queue->serverKey, Kind::Queues) === State::Stale => Style::Dim,
                $view->waiting > 0 && $view->free === 0 => Style::Yellow,
                default => Style::Plain,
            };
            $lines[] = [new Span($this->begun($queue->serverKey, $queue->name, $width) . $counts, $style)];
        }

        return [...$lines, ...self::rest(count($queues) - count($shown), 'queues')];
    }

    /**
     * @param list<Call> $calls
     *
     * @return list<list<Span>>
     */
    private function calls(array $calls, int $room, float $now): array
    {
        $left = $this->width - $this->serverWidth - self::STATE_WIDTH - self::CLOCK_WIDTH - 5;
        $callerWidth = max(8, $left - intdiv($left, 2));
        $connectedWidth = max(8, intdiv($left, 2));
        $row = fn(string $server, string $caller, string $connected, string $state, string $clock): string => (
            $this->begun($server, $caller, $callerWidth)
            . ' '
            . self::padded($connected, $connectedWidth)
            . ' '
            . self::padded($state, self::STATE_WIDTH)
            . ' '
            . str_pad($clock, self::CLOCK_WIDTH, ' ', STR_PAD_LEFT)
        );
        $lines = [[new Span($row('SERVER', 'CALLER', 'CONNECTED', 'STATE', 'TIME'), Style::Bold)]];
        $shown = self::thatFit(self::sorted($calls), $room - 1);
        foreach ($shown as $call) {
            $view = new CallView($call, $this->live, $now);
            $isStale = $this->live->state($call->serverKey, Kind::Calls) === State::Stale;
            $style = match (true) {
                $isStale => Style::Dim,
                $view->state === 'talking' => Style::Green,
                $view->state === 'ringing', $view->state === 'waiting' => Style::Yellow,
                default => Style::Plain,
            };
            // Without a session nobody knows whether the call goes on.
            $state = $isStale ? "{$view->state}?" : $view->state;
            $clock = CallView::clock($view->seconds);
            $lines[] = [new Span($row($call->serverKey, $view->caller, $view->connected, $state, $clock), $style)];
        }

        return [...$lines, ...self::rest(count($calls) - count($shown), 'calls')];
    }

    /**
     * The calls, the oldest first. Calls of the same moment are in the order of their ids, so that they keep their lines.
     *
     * @param list<Call> $calls
     *
     * @return list<Call>
     */
    private static function sorted(array $calls): array
    {
        // There can be many thousand calls: these sorts call no PHP, and the second one is stable.
        $ids = array_map(static fn(Call $call): string => $call->id, $calls);
        natsort($ids);
        $times = [];
        foreach (array_keys($ids) as $index) {
            $times[$index] = $calls[$index]->startedAt();
        }
        asort($times);

        return array_map(static fn(int $index): Call => $calls[$index], array_keys($times));
    }

    /** The cells behind the name of a queue, COUNTS_WIDTH columns. */
    private static function counts(
        int|string $waiting,
        string $longest,
        int|string $free,
        int|string $busy,
        int|string $paused,
        int|string $away,
    ): string {
        return sprintf('%9s%9s%6s%6s%8s%6s', $waiting, $longest, $free, $busy, $paused, $away);
    }

    /** The first two cells of a row. */
    private function begun(string $server, string $text, int $width): string
    {
        return self::padded($server, $this->serverWidth) . '  ' . self::padded($text, $width);
    }

    /**
     * The items that fit, with a line left for the number of the others.
     *
     * @template T
     *
     * @param list<T> $items
     *
     * @return list<T>
     */
    private static function thatFit(array $items, int $room): array
    {
        return count($items) <= $room ? $items : array_slice($items, 0, max(0, $room - 1));
    }

    /** @return list<list<Span>> */
    private static function rest(int $count, string $what): array
    {
        return $count === 0 ? [] : [[new Span("and {$count} more {$what}", Style::Dim)]];
    }

    private static function problem(string $what, LiveUnavailableException $error): string
    {
        return $error->missingClass === null ? $what : "{$what}: needs class {$error->missingClass}";
    }

    private static function style(State $state): Style
    {
        return match ($state) {
            State::Current => Style::Green,
            State::Stale, State::Denied => Style::Red,
            default => Style::Yellow,
        };
    }

    /** A cell: the text without control characters, cut or filled to the width. */
    private static function padded(string $text, int $width): string
    {
        $cut = Printable::cut(Printable::text($text), $width);

        return $cut . str_repeat(' ', max(0, $width - Printable::width($cut)));
    }
}
