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
use Closure;
use Throwable;

/** Sees what becomes of the servers: keeps their history, and tells the application what the thresholds of `ami.waits` say. */
final class Watch implements Duty
{
    private const float SECONDS = 1.0;

    /** @var array<string, ServerStory> */
    private array $stories = [];

    /** @param Closure(object): mixed $tell dispatches an event of the application */
    public function __construct(
        private readonly AmiClientManager $manager,
        private readonly Holder $holder,
        private readonly Sink $sink,
        private readonly Records $records,
        private readonly Closure $tell,
        private readonly Settings $settings,
        private readonly Output $output,
        private readonly string $worker,
    ) {
        $manager->onStateChange($this->onState(...));
        $manager->onGap($this->onGap(...));
    }

    public function story(string $server): ServerStory
    {
        return $this->stories[$server] ??= new ServerStory($server);
    }

    public function turn(float $now): float
    {
        $health = $this->manager->health();
        foreach (array_map(strval(...), array_keys($this->holder->feeds())) as $server) {
            $story = $this->story($server);
            $this->tellDown($story, $now);
            if (isset($health[$server])) {
                $this->tellLag($story, (float) $health[$server]->eventLagSeconds, $health[$server]->queueDepth, $now);
                $this->tellDropped($story, $health[$server]->eventsDropped, $now);
            }
        }
        $this->output->status(array_intersect_key($health, $this->holder->feeds()));

        return $now + self::SECONDS;
    }

    public function finish(float $now): void {}

    private function onState(
        string $server,
        ConnectionState $from,
        ConnectionState $to,
        ?DisconnectReason $reason,
        string $detail,
    ): void {
        $now = Worker::now();
        $this->output->state($server, $from, $to, $reason, $detail);
        $story = $this->story($server);
        $downSeconds = $story->downSeconds($now);
        $wasToldDown = $story->isToldDown;
        $this->remember($server, $from, $to, $reason, $detail);
        // A server on its way from another worker is neither up nor down by what happens here.
        $isOurs = $this->holder->term($server) !== null;
        $story->enter($from, $to, $reason, $detail, $isOurs ? $now : null);
        if (!$isOurs) {
            return;
        }
        if ($to === ConnectionState::Ready && ($wasToldDown || $downSeconds === null)) {
            ($this->tell)(new AmiServerUp($server, $downSeconds));
        }
        $this->tellDown($story, $now);
    }

    private function onGap(Gap $gap): void
    {
        $this->output->gap($gap);
        ++$this->story($gap->serverKey)->gaps;
        $term = $this->holder->term($gap->serverKey);
        if ($term !== null) {
            $cause = $gap->reason === null ? 'dropped' : $gap->reason->value;
            $this->sink->gap(new AmiGap($gap->serverKey, $gap->from, $gap->to, $cause, $gap->dropped), $term);
        }
    }

    private function tellDown(ServerStory $story, float $now): void
    {
        $down = $story->downSeconds($now);
        if (
            $down !== null
            && !$story->isToldDown
            && $story->lastReason !== DisconnectReason::Requested
            && $down >= $this->settings->number('waits.down')
        ) {
            $story->isToldDown = true;
            ($this->tell)(new AmiServerDown($story->server, $story->lastReason, $story->lastDetail, $down));
        }
    }

    private function tellLag(ServerStory $story, float $lag, int $queueDepth, float $now): void
    {
        // What was delivered late long ago, with nothing waiting now, is no lag.
        if (
            $queueDepth > 0
            && $lag >= $this->settings->number('waits.lag')
            && $story->mayTell('lag', $now, $this->settings->number('waits.repeat'))
        ) {
            ($this->tell)(new AmiLagDetected($story->server, $lag, $queueDepth));
        }
    }

    private function tellDropped(ServerStory $story, int $total, float $now): void
    {
        $dropped = $total - $story->droppedTold;
        $isMany = $dropped >= max(1, $this->settings->whole('waits.dropped'));
        if ($isMany && $story->mayTell('dropped', $now, $this->settings->number('waits.repeat'))) {
            $story->droppedTold = $total;
            ($this->tell)(new AmiEventsDropped($story->server, $dropped, $total));
        }
    }

    private function remember(
        string $server,
        ConnectionState $from,
        ConnectionState $to,
        ?DisconnectReason $reason,
        string $detail,
    ): void {
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
            $this->output->note('warning', "the history of $server could not be written: {$error->getMessage()}");
        }
    }
}
