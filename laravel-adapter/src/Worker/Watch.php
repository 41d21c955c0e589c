<?php

declare(strict_types=1);

namespace Apn\AmiClient\Laravel\Worker;

use Apn\AmiClient\AmiClientManager;
use Apn\AmiClient\ConnectionState;
use Apn\AmiClient\DisconnectReason;
use Apn\AmiClient\Gap;
use Apn\AmiClient\Laravel\Config\Settings;
use Apn\AmiClient\Laravel\Events\AmiEventsDropped;
use Apn\AmiClient\Laravel\Events\AmiGap;
use Apn\AmiClient\Laravel\Events\AmiLagDetected;
use Apn\AmiClient\Laravel\Events\AmiServerDown;
use Apn\AmiClient\Laravel\Events\AmiServerUp;
use Apn\AmiClient\Laravel\Records\Records;
use Apn\AmiClient\ServerHealth;
use Closure;
use Throwable;

/** Watches the servers: keeps their history, and dispatches the operational events by the thresholds of `ami.alerts`. */
final class Watch implements Task
{
    private const float SECONDS = 1.0;

    /** @var array<string, AmiGap> gaps of a full queue that are not told yet, by server */
    private array $openGaps = [];

    /** @var array<string, float> when the next gap of a full queue may be told, by server */
    private array $gapDue = [];

    /** @var array<string, ServerHistory> */
    private array $histories = [];

    /**
     * @param Closure(string): ?string $term under which a server is held; null where it is not
     * @param Closure(AmiGap, string): mixed $tellGap
     */
    public function __construct(
        private readonly AmiClientManager $manager,
        private readonly Closure $term,
        private readonly Closure $tellGap,
        private readonly Records $records,
        private readonly Settings $settings,
        private readonly ?Output $output,
        private readonly string $worker,
    ) {
        $manager->onStateChange($this->onState(...));
        $manager->onGap($this->onGap(...));
    }

    public function history(string $server): ServerHistory
    {
        return $this->histories[$server] ??= new ServerHistory($server);
    }

    public function turn(float $now): float
    {
        $held = array_filter($this->manager->health(), $this->isHeld(...), ARRAY_FILTER_USE_KEY);
        foreach ($held as $server => $health) {
            $this->tellDown($this->history((string) $server), $now);
            $this->tellLoad($this->history((string) $server), $health, $now);
        }
        $next = $now + self::SECONDS;
        foreach (array_keys($this->openGaps) as $server) {
            if ($now >= $this->gapDue[$server]) {
                $this->tellGap((string) $server, $now);
            } else {
                $next = min($next, $this->gapDue[$server]);
            }
        }
        $this->output?->status($held);

        return $next;
    }

    public function finish(float $now): void
    {
        foreach (array_keys($this->openGaps) as $server) {
            $this->tellGap((string) $server, $now);
        }
    }

    private function isHeld(int|string $server): bool
    {
        return ($this->term)((string) $server) !== null;
    }

    private function onState(
        string $server,
        ConnectionState $from,
        ConnectionState $to,
        ?DisconnectReason $reason,
        string $detail,
    ): void {
        $now = Worker::now();
        $this->output?->state($server, $from, $to, $reason, $detail);
        $history = $this->history($server);
        $downSeconds = $history->downSeconds($now);
        $isNews = $history->isToldDown || $downSeconds === null;
        try {
            $this->records->addTransition($server, [
                'at' => microtime(as_float: true),
                'worker' => $this->worker,
                'from' => $from->value,
                'to' => $to->value,
                'reason' => $reason?->value,
                'detail' => $detail,
            ]);
        } catch (Throwable $error) {
            // Telemetry ends no session.
            $this->output?->note('warning', "the history of $server could not be written: {$error->getMessage()}");
        }
        // A server on its way from another worker is neither up nor down by what happens here.
        $isOurs = $this->isHeld($server);
        $history->enter($from, $to, $reason, $detail, $isOurs ? $now : null);
        if ($isOurs && $to === ConnectionState::Ready && $isNews) {
            event(new AmiServerUp($server, $downSeconds));
        }
        $this->tellDown($history, $now);
    }

    /**
     * A full queue makes a gap with every event it drops, hundreds a second: those of a server are merged, and told once a
     * second. Whoever rebuilds on a gap would do it at the worst of times.
     */
    private function onGap(Gap $gap): void
    {
        $server = $gap->serverKey;
        $now = Worker::now();
        $open = $this->openGaps[$server] ?? null;
        if ($open === null) {
            $this->output?->gap($gap);
            ++$this->history($server)->gaps;
        }
        $this->openGaps[$server] = new AmiGap(
            $server,
            min($gap->from, $open->from ?? $gap->from),
            $gap->to,
            $gap->reason === null ? 'dropped' : $gap->reason->value,
            $gap->dropped + ($open->dropped ?? 0),
        );
        $this->gapDue[$server] ??= $now;
        if ($gap->reason !== null || $now >= $this->gapDue[$server]) {
            $this->tellGap($server, $now);
        }
    }

    private function tellGap(string $server, float $now): void
    {
        $gap = $this->openGaps[$server];
        unset($this->openGaps[$server]);
        $this->gapDue[$server] = $now + self::SECONDS;
        $term = ($this->term)($server);
        if ($term !== null) {
            ($this->tellGap)($gap, $term);
        }
    }

    private function tellDown(ServerHistory $history, float $now): void
    {
        $down = $history->downSeconds($now);
        if (
            $down !== null
            && !$history->isToldDown
            && $history->lastReason !== DisconnectReason::Requested
            && $down >= $this->settings->number('alerts.down')
        ) {
            $history->isToldDown = true;
            event(new AmiServerDown($history->server, $history->lastReason, $history->lastDetail, $down));
        }
    }

    private function tellLoad(ServerHistory $history, ServerHealth $health, float $now): void
    {
        $repeat = $this->settings->number('alerts.repeat');
        $lag = (float) $health->eventLagSeconds;
        // What was delivered late long ago, with nothing waiting now, is no lag.
        $isLate = $health->queueDepth > 0 && $lag >= $this->settings->number('alerts.lag');
        if ($isLate && $history->mayTell('lag', $now, $repeat)) {
            event(new AmiLagDetected($history->server, $lag, $health->queueDepth));
        }
        $dropped = $health->eventsDropped - $history->droppedTold;
        $isMany = $dropped >= max(1, $this->settings->whole('alerts.dropped'));
        if ($isMany && $history->mayTell('dropped', $now, $repeat)) {
            $history->droppedTold = $health->eventsDropped;
            event(new AmiEventsDropped($history->server, $dropped, $health->eventsDropped));
        }
    }
}
