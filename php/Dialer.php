<?php

declare(strict_types=1);

namespace Apn\AmiClient;

use Apn\AmiClient\Dialer\Input;
use Apn\AmiClient\Dialer\Placed;
use Apn\AmiClient\Dialer\Rate;
use Apn\AmiClient\Dialer\Servers;
use Apn\AmiClient\Exception\ActionErrorResponseException;
use Apn\AmiClient\Exception\ActionNotSentException;
use Apn\AmiClient\Exception\ActionTimeoutException;
use Apn\AmiClient\Exception\AmiException;
use Apn\AmiClient\Exception\AmiThrowable;
use Apn\AmiClient\Exception\AwaitTimeoutException;
use Apn\AmiClient\Exception\BackpressureException;
use Apn\AmiClient\Exception\LiveUnavailableException;
use Apn\AmiClient\Exception\UnknownServerException;
use Apn\AmiClient\Live\Call;
use Apn\AmiClient\Live\Edge;
use Apn\AmiClient\Live\Model;
use Apn\AmiClient\Live\State;

/**
 * Calls many numbers, a bounded number at a time, over all servers that are Ready, and reports what became of each.
 *
 *     $dialer = new Dialer($ami, $customers, $originate, $onResult, active: 50, perSecond: 10.0);
 *     $dialer->run();
 *     foreach ($dialer->left() as $customer) {
 *         // The dialer was stopped before this one was called.
 *     }
 *
 * Each number that is taken from the input gets exactly one result, whatever happens to its call, its session or its server. The next call goes to
 * the server with the fewest active calls of this dialer. A server that refuses a call gets none for one second, then for two, and so on up to a
 * minute.
 *
 * All of it happens in step(), which never waits. run() is the manager's run() with step() after every tick; in an event loop a timer calls step().
 *
 * @template T
 */
final class Dialer
{
    /** How often all active calls are looked at: of most of them an event reports the end before. */
    private const float LOOK_SECONDS = 0.5;

    /** The live model gives up by then to wait for the events of a call that was placed. */
    private const float UNSEEN_SECONDS = 3.0;

    /** How long the dialer waits for the list of channels after a lost session, which may have a call that was not seen. */
    private const float LIST_SECONDS = 30.0;

    /** Less than the 30 s of Kubernetes and the 90 s of systemd from SIGTERM to SIGKILL. */
    private const float GRACE_SECONDS = 25.0;

    private readonly Model $live;

    /** @var Input<T> */
    private readonly Input $input;
    private readonly Rate $rate;
    private readonly Servers $servers;

    /** @var \Closure(T, string): Action */
    private readonly \Closure $originate;

    /** @var \Closure(DialResult<T>): void */
    private readonly \Closure $onResult;

    /** @var \Closure(): float */
    private readonly \Closure $clock;

    /** @var array<int, Placed<T>> */
    private array $calls = [];

    /** @var array<array-key, int> which of the calls has a channel of this id */
    private array $byChannelId = [];

    /** @var array<int, true> calls to look at: an event or an answer came for them */
    private array $changed = [];

    /** @var \SplQueue<DialResult<T>> */
    private readonly \SplQueue $results;
    private int $tried = 0;
    private float $lookAt = -INF;
    private bool $isPlacing = false;

    /** Set by stop(): when the dialer ends to wait for the active calls. */
    private ?float $deadline = null;
    private ?Subscription $subscription = null;

    /**
     * @param iterable<mixed, T> $numbers rows, models, texts or whatever you have. They are read as calls are placed, one ahead at most. Null means that
     * there is no number now: the next one is read in the next step.
     * @param callable(T, string $serverKey): Action $originate makes the Originate of a number. An exception of it is the number's result.
     * @param callable(DialResult<T>): void $onResult called by step(), never within a tick. Its exceptions come out of step() or run(); the next step
     * goes on.
     * @param int $active most active calls at once, on all servers together
     * @param float $perSecond most calls that begin in any second, on all servers together
     * @param int|null $activePerServer null for no bound
     * @param float|null $perSecondPerServer null for no bound
     * @param list<string> $servers keys of the servers to call on; none for all
     * @param (\Closure(): float)|null $clock seconds that only grow; those of the machine where it is left out
     *
     * @throws \InvalidArgumentException naming the value and the range
     * @throws Exception\InvalidConfigurationException where a server's own eventMask keeps the calls away
     */
    public function __construct(
        private readonly AmiClientManager $ami,
        iterable $numbers,
        callable $originate,
        callable $onResult,
        private readonly int $active = 50,
        float $perSecond = 10.0,
        ?int $activePerServer = null,
        ?float $perSecondPerServer = null,
        array $servers = [],
        ?\Closure $clock = null,
    ) {
        self::check('active', $active, $active >= 1);
        self::check('perSecond', $perSecond, self::isRate($perSecond));
        self::check('activePerServer', $activePerServer, $activePerServer === null || $activePerServer >= 1);
        self::check(
            'perSecondPerServer',
            $perSecondPerServer,
            $perSecondPerServer === null || self::isRate($perSecondPerServer),
        );
        $this->live = $ami->live();
        $this->servers = new Servers($ami, $this->live, $servers, $activePerServer, $perSecondPerServer);
        $this->input = new Input($numbers);
        $this->rate = new Rate($perSecond);
        $this->originate = $originate(...);
        $this->onResult = $onResult(...);
        $this->clock = $clock ?? static fn(): float => hrtime(true) / 1e9;
        $this->results = new \SplQueue();
    }

    /**
     * Calls all numbers and waits for the end of all calls. AmiClientManager::stop(), or SIGTERM after registerSignalHandlers(), ends the calling: then
     * run() waits for the active calls for at most $grace seconds, or until the manager is stopped a second time.
     *
     * @throws LiveUnavailableException where the accounts of all servers lack the right to follow calls
     */
    public function run(float $grace = self::GRACE_SECONDS): void
    {
        self::check('grace', $grace, $grace >= 0.0);
        $this->ami->run(until: $this->step(...));
        if ($this->isDone()) {
            return;
        }
        $this->stop($grace);
        $this->ami->run(until: $this->step(...));
        $this->stop(0.0);
        $this->step();
    }

    /**
     * Reports the results that are there, and places the calls that are due; never waits. True when all is done and every number has its result.
     *
     * @throws LiveUnavailableException where the accounts of all servers lack the right to follow calls
     */
    public function step(): bool
    {
        $this->subscription ??= $this->live->onCall($this->noteEnd(...), edges: [Edge::Merged, Edge::Ended]);
        $this->settle(($this->clock)());
        $this->report();
        if (!$this->isPlacing) {
            $this->isPlacing = true;
            try {
                $this->place();
            } finally {
                $this->isPlacing = false;
            }
        }
        $this->report();
        if (!$this->isDone()) {
            return false;
        }
        // A step that was suspended in a callback comes here after another one.
        $this->subscription?->cancel();
        $this->subscription = null;

        return true;
    }

    /**
     * Places no more calls. The active ones have $grace seconds to end; those that go on then are reported with an AwaitTimeoutException.
     *
     * A second call can shorten the time.
     */
    public function stop(float $grace = self::GRACE_SECONDS): void
    {
        self::check('grace', $grace, $grace >= 0.0);
        $this->deadline = min($this->deadline ?? INF, ($this->clock)() + $grace);
    }

    /**
     * The numbers that were not called, of a dialer that was stopped. They are read from the input as the generator is.
     *
     * @return \Generator<int, T>
     *
     * @throws \LogicException while the dialer goes on
     */
    public function left(): \Generator
    {
        if ($this->deadline === null && !$this->isDone()) {
            throw new \LogicException('left() of a dialer that goes on: call stop() first');
        }

        return $this->rest();
    }

    /** @return \Generator<int, T> */
    private function rest(): \Generator
    {
        while (!$this->input->isOver()) {
            $number = $this->input->take();
            if ($number !== null) {
                yield $number;
            }
        }
    }

    private function isDone(): bool
    {
        return (
            $this->calls === []
            && $this->results->isEmpty()
            && !$this->isPlacing
            && ($this->deadline !== null || $this->input->isOver())
        );
    }

    /** Called for every call on the servers that ends, whoever placed it. */
    private function noteEnd(Call $call): void
    {
        foreach ($call->linkedIds() as $id) {
            if (isset($this->byChannelId[$id])) {
                $this->changed[$this->byChannelId[$id]] = true;
            }
        }
    }

    private function report(): void
    {
        while (!$this->results->isEmpty()) {
            ($this->onResult)($this->results->dequeue());
        }
    }

    private function place(): void
    {
        while ($this->deadline === null && count($this->calls) < $this->active) {
            $now = ($this->clock)();
            $key = $this->rate->allows($now) ? $this->servers->choose($now) : null;
            if ($key === null || $this->input->isOver()) {
                return;
            }
            $number = $this->input->take();
            if ($number === null) {
                return;
            }
            $this->rate->note($now);
            $this->servers->get($key)->note(++$this->tried, $now);
            $this->dial($number, $key, $now);
        }
    }

    /** @param T $number */
    private function dial(mixed $number, string $key, float $now): void
    {
        $server = $this->servers->get($key);
        try {
            $action = ($this->originate)($number, $key);
        } catch (\Throwable $error) {
            $this->results->enqueue(new DialResult($number, $key, null, null, $error));

            return;
        }
        try {
            $pending = $this->live->originate($action, $key);
        } catch (AmiException|UnknownServerException $error) {
            // Nothing was sent.
            $this->input->giveBack($number);
            $error instanceof BackpressureException && $server->refuse($now, $now);

            return;
        } catch (Exception\InvalidActionException|\TypeError $error) {
            $this->results->enqueue(new DialResult($number, $key, null, null, $error));

            return;
        } catch (\Throwable $error) {
            $this->input->giveBack($number);
            throw $error;
        }
        $server->begin();
        $id = $this->tried;
        $this->calls[$id] = new Placed($number, $pending, $server, $now);
        $this->byChannelId[$pending->channelId] = $id;
        $pending->action->onComplete(function () use ($id): void {
            $this->changed[$id] = true;
        });
    }

    /** Looks at the calls for which something came, and now and then at all others. */
    private function settle(float $now): void
    {
        $isLate = $this->deadline !== null && $now >= $this->deadline;
        $due = $this->changed;
        $this->changed = [];
        if ($isLate || $now >= $this->lookAt) {
            $this->lookAt = $now + self::LOOK_SECONDS;
            $due = $this->calls;
        }
        foreach (array_keys($due) as $id) {
            if (isset($this->calls[$id])) {
                $this->look($id, $this->calls[$id], $now, $isLate);
            }
        }
    }

    /** @param Placed<T> $placed */
    private function look(int $id, Placed $placed, float $now, bool $isLate): void
    {
        $call = $placed->pending->call();
        if ($call === null) {
            $error = $this->failure($placed, $now);
        } else {
            $placed->server->confirm($placed);
            $error = null;
        }
        $isOver = $error !== null || $call?->isOver() === true;
        if (!$isOver && !$isLate) {
            return;
        }
        unset($this->calls[$id]);
        if (($this->byChannelId[$placed->pending->channelId] ?? null) === $id) {
            unset($this->byChannelId[$placed->pending->channelId]);
        }
        $placed->server->end($placed);
        if ($error instanceof ActionNotSentException) {
            $this->input->giveBack($placed->data);

            return;
        }
        $server = $placed->pending->serverKey;
        if (!$isOver) {
            $error = new AwaitTimeoutException(
                "the call of channel `{$placed->pending->channelId}` on `{$server}` goes on: the dialer was stopped",
                $server,
                $placed->pending->action->actionId,
            );
        }
        $outcome = $error === null ? $call?->outcome() : null;
        $this->results->enqueue(new DialResult($placed->data, $server, $outcome, $call, $error));
    }

    /**
     * Why there is no call; null while there may be one.
     *
     * @param Placed<T> $placed
     */
    private function failure(Placed $placed, float $now): ?\Throwable
    {
        $action = $placed->pending->action;
        if (!$action->isFinished()) {
            return null;
        }
        $error = $action->getException();
        if ($placed->unseenSince === null) {
            $placed->unseenSince = $now;
            if ($error instanceof ActionErrorResponseException || $error instanceof ActionTimeoutException) {
                $placed->server->refuse($placed->at, $now);
            }
        }
        if ($error instanceof ActionErrorResponseException || $error instanceof ActionNotSentException) {
            return $error;
        }
        $seconds = $now - $placed->unseenSince;
        if ($seconds < self::LIST_SECONDS && $this->isListDue($placed->pending->serverKey)) {
            return null;
        }
        if ($error !== null || $seconds < self::UNSEEN_SECONDS) {
            return $error;
        }
        try {
            // The live model has given up too, and says why.
            $placed->pending->ended(0.0);
        } catch (AwaitTimeoutException) {
            return null;
        } catch (AmiThrowable $unseen) {
            return $unseen;
        }

        return null;
    }

    /** True where a list of the server's channels is yet to come: it may have a call that the session's end has hidden. */
    private function isListDue(string $server): bool
    {
        try {
            $state = $this->live->state($server);
        } catch (AmiThrowable) {
            // It was removed.
            return false;
        }

        return $state === State::Stale || $state === State::Syncing;
    }

    private static function isRate(float $perSecond): bool
    {
        return is_finite($perSecond) && $perSecond > 0.0;
    }

    private static function check(string $name, int|float|null $value, bool $isGood): void
    {
        if (!$isGood) {
            $range = match ($name) {
                'grace' => 'a time of 0 s or more',
                'active', 'activePerServer' => '1 or more',
                default => 'above 0, such as 0.5 for a call every two seconds',
            };
            throw new \InvalidArgumentException("{$name} is {$value}: must be {$range}");
        }
    }
}
