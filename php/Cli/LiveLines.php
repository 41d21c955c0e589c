<?php

declare(strict_types=1);

namespace Apn\AmiClient\Cli;

use Apn\AmiClient\Live\Call;
use Apn\AmiClient\Live\Edge;
use Apn\AmiClient\Live\Kind;
use Apn\AmiClient\Live\Model;
use Apn\AmiClient\Live\Queue;
use Apn\AmiClient\Live\QueueChange;
use Apn\AmiClient\Live\State;
use Apn\AmiClient\Subscription;

/** Prints each change of the live model as one line: time, server, what changed, how, and NAME=value. */
final class LiveLines
{
    /** @var list<Subscription> */
    private array $subscriptions = [];

    public function __construct(
        private readonly Model $live,
        private readonly Console $console,
    ) {}

    public function begin(): void
    {
        $this->subscriptions = [
            $this->live->onCall($this->call(...)),
            $this->live->onQueue($this->queue(...)),
            $this->live->onState($this->state(...)),
        ];
    }

    public function end(): void
    {
        foreach ($this->subscriptions as $subscription) {
            $subscription->cancel();
        }
    }

    /** @param list<Edge> $edges */
    private function call(Call $call, array $edges): void
    {
        $view = new CallView($call, $this->live, microtime(true));
        $changes = implode(',', array_map(static fn(Edge $edge): string => $edge->value, $edges));
        $this->print($call->serverKey, "call {$changes}", [
            'id' => $call->id,
            'caller' => $view->caller,
            'device' => $call->caller()->device ?? '-',
            'connected' => $view->connected,
            'state' => $view->state,
            'seconds' => (string) (int) $view->seconds,
        ]);
    }

    /** @param list<QueueChange> $changes */
    private function queue(Queue $queue, array $changes): void
    {
        $view = new QueueView($queue);
        $this->print(
            $queue->serverKey,
            'queue ' . implode(',', array_map(static fn(QueueChange $change): string => $change->value, $changes)),
            [
                'queue' => $queue->name,
                'waiting' => (string) $view->waiting,
                'longest' => (string) (int) $view->longest,
                'free' => (string) $view->free,
                'busy' => (string) $view->busy,
                'paused' => (string) $view->paused,
                'away' => (string) $view->away,
            ],
        );
    }

    private function state(string $server, State $state, Kind $kind): void
    {
        $this->print($server, "{$kind->value} {$state->value}", []);
    }

    /** @param array<string, string> $values */
    private function print(string $server, string $change, array $values): void
    {
        $spans = [
            new Span(date('H:i:s') . ' ', Style::Dim),
            new Span("{$server} ", Style::Cyan),
            new Span($change, Style::Bold),
        ];
        foreach ($values as $name => $value) {
            $spans[] = new Span(" {$name}=", Style::Dim);
            $spans[] = new Span(Printable::value($value));
        }
        $this->console->cutLine(...$spans);
    }
}
