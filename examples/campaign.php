<?php

/**
 * A campaign: calls a list of channels, so many at a time, tries those again that were busy or not answered, and keeps what it did in a file, so
 * that it goes on where it ended, and calls nobody twice.
 *
 * usage: AMI_CONFIG=/etc/ami.php php examples/campaign.php JOURNAL CHANNEL...
 *
 * A call whose outcome is not known is not tried again: the phone may have rung. With a fake, what becomes of a call is in its name:
 * Local/201@answer Local/202@busy Local/203@noanswer Local/204@congestion.
 */

declare(strict_types=1);

use Apn\AmiClient\Actions\Originate;
use Apn\AmiClient\AmiClientManager;
use Apn\AmiClient\AmiEvent;
use Apn\AmiClient\Events\EventName;
use Apn\AmiClient\Events\Header;
use Apn\AmiClient\Exception\AmiThrowable;
use Apn\AmiClient\Exception\InvalidActionException;
use Apn\AmiClient\Routing;

require __DIR__ . '/../php/autoload.php';
require __DIR__ . '/Call.php';

/** What was tried: a line of JSON when a call is placed, and one when it ended. */
final class Journal
{
    /** Of a call that has not ended: after a restart its outcome is not known. */
    public const string PLACED = 'placed';

    /** No byte of it left: that was no try. */
    public const string NOT_SENT = 'not_sent';

    /** @var array<string, list<string>> outcomes by channel */
    private array $tries = [];

    public function __construct(
        private readonly string $file,
    ) {
        foreach (is_file($file) ? (file($file) ?: []) : [] as $line) {
            /** @var mixed $try */
            $try = json_decode($line, associative: true);
            // The last line of a process that was killed may be half of one.
            if (is_array($try) && is_string($try['channel'] ?? null) && is_string($try['outcome'] ?? null)) {
                $this->note($try['channel'], $try['outcome']);
            }
        }
    }

    public function write(string $channel, string $outcome): void
    {
        $this->note($channel, $outcome);
        $line = json_encode(['at' => time(), 'channel' => $channel, 'outcome' => $outcome], JSON_THROW_ON_ERROR);
        file_put_contents($this->file, "{$line}\n", FILE_APPEND);
    }

    /** @return list<string> */
    public function outcomes(string $channel): array
    {
        return $this->tries[$channel] ?? [];
    }

    private function note(string $channel, string $outcome): void
    {
        $tries = array_values(array_diff($this->outcomes($channel), [self::PLACED]));
        $this->tries[$channel] = $outcome === self::NOT_SENT ? $tries : [...$tries, $outcome];
    }
}

final class Campaign
{
    private const int CALLS_MAX = 20;
    private const int TRIES_MAX = 3;
    private const int WAIT_MS = 100;

    /** @var array<string, float> when each channel is to be called */
    private array $due = [];

    /** @var array<string, Call> by channelId, which is the Linkedid of their events */
    private array $calls = [];

    public function __construct(
        private readonly AmiClientManager $ami,
        private readonly Journal $journal,
        private readonly float $hurry,
    ) {
        $ami->routing(Routing::LeastPending);
        // One listener for all calls: one for each would stay after its call.
        $ami->onEvent(EventName::Hangup, function (AmiEvent $event): void {
            $call = $this->calls[(string) $event->get(Header::LinkedId)] ?? null;
            if ($call !== null) {
                $call->hangups[] = $event;
            }
        });
    }

    /** @param list<string> $channels */
    public function run(array $channels): void
    {
        foreach (array_unique($channels) as $channel) {
            $this->plan($channel);
        }
        while ($this->due !== [] || $this->calls !== []) {
            asort($this->due);
            foreach ($this->due as $channel => $due) {
                if ($due > microtime(true) || count($this->calls) >= self::CALLS_MAX || !$this->dial($channel)) {
                    break;
                }
            }
            $this->ami->tick(self::WAIT_MS);
            $this->settle();
        }
    }

    /** Plans the next try, if there is to be one. */
    private function plan(string $channel): void
    {
        $outcomes = $this->journal->outcomes($channel);
        $last = $outcomes === [] ? null : $outcomes[count($outcomes) - 1];
        if ($last === null) {
            $this->due[$channel] = 0.0;
        } elseif (count($outcomes) < self::TRIES_MAX && ($again = self::secondsUntilAgain($last)) !== null) {
            $this->due[$channel] = microtime(true) + ($again / $this->hurry);
        }
    }

    /** How long to wait before another try, after an outcome that may be another one next time; null where there is to be none. */
    private static function secondsUntilAgain(string $outcome): ?float
    {
        return match ($outcome) {
            'busy' => 60.0,
            'no_answer' => 600.0,
            'congestion' => 30.0,
            default => null,
        };
    }

    /** False where no server takes it now: nothing was sent, so it stays planned. */
    private function dial(string $channel): bool
    {
        $originate = new Originate(
            channel: $channel,
            context: 'answer',
            exten: '300',
            priority: 1,
            timeoutMs: 20_000,
            async: true,
        );
        try {
            $pending = $this->ami->send($originate);
        } catch (InvalidActionException $error) {
            unset($this->due[$channel]);
            $this->end($channel, "refused: {$error->getMessage()}");

            return true;
        } catch (AmiThrowable $error) {
            return $error->isRetrySafe() ? false : throw $error;
        }
        // Before a byte leaves, which is in the next tick.
        $this->journal->write($channel, Journal::PLACED);
        unset($this->due[$channel]);
        $call = new Call($channel, $pending->getServerKey());
        $this->calls[$originate->channelId] = $call;
        $pending->onComplete($call->end(...));

        return true;
    }

    private function settle(): void
    {
        foreach ($this->calls as $channelId => $call) {
            $result = $call->result();
            if ($result === null && $call->error === null) {
                continue;
            }
            unset($this->calls[$channelId]);
            if ($call->error instanceof AmiThrowable && $call->error->isRetrySafe()) {
                $this->journal->write($call->channel, Journal::NOT_SENT);
                $this->due[$call->channel] = microtime(true) + 1.0;
                continue;
            }
            $this->end($call->channel, $result === null ? 'unknown' : $result->outcome->value);
        }
    }

    private function end(string $channel, string $outcome): void
    {
        $this->journal->write($channel, $outcome);
        $this->plan($channel);
        $next = isset($this->due[$channel]) ? ', again later' : '';
        echo "{$channel}: {$outcome}{$next}\n";
    }
}

$channels = array_slice($argv, 2);
$config = getenv('AMI_CONFIG') ?: '';
if ($channels === [] || !is_file($config)) {
    fwrite(STDERR, "usage: AMI_CONFIG=FILE campaign.php JOURNAL CHANNEL...\n");
    exit(2);
}
/** @var array<string, mixed> $servers */
$servers = require $config;
$ami = AmiClientManager::fromConfig($servers);
$missing = $ami->connectAll(wait: 5.0);
if (count($missing) === count($ami->serverKeys())) {
    fwrite(STDERR, "no server is ready\n");
    exit(1);
}
new Campaign($ami, new Journal((string) $argv[1]), hurry: (float) (getenv('CAMPAIGN_HURRY') ?: 1))->run(array_values(
    $channels,
));
$ami->terminate();
