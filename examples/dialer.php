<?php

/**
 * A dialer: places calls, so many at a time, over all servers that are Ready, and tells what became of each.
 *
 * usage: AMI_CONFIG=/etc/ami.php php examples/dialer.php CHANNEL...
 *
 * The configuration is the array of AmiClientManager::fromConfig(). With a fake, what becomes of a call is in its name:
 * Local/201@answer Local/202@busy Local/203@noanswer Local/204@congestion.
 */

declare(strict_types=1);

use Apn\AmiClient\Actions\Originate;
use Apn\AmiClient\AmiClientManager;
use Apn\AmiClient\AmiEvent;
use Apn\AmiClient\Events\EventName;
use Apn\AmiClient\Events\Header;
use Apn\AmiClient\Exception\AmiException;
use Apn\AmiClient\Routing;

require __DIR__ . '/../php/autoload.php';
require __DIR__ . '/Call.php';

final class Dialer
{
    private const int CALLS_MAX = 20;
    private const int WAIT_MS = 100;

    /** @var array<string, Call> by channelId, which is the Linkedid of their events */
    private array $calls = [];

    public function __construct(
        private readonly AmiClientManager $ami,
    ) {
        $ami->routing(Routing::LeastPending);
        // One listener for all calls: one for each would stay after its call.
        $ami->onEvent(EventName::Hangup, $this->hungUp(...));
    }

    /** @param list<string> $channels */
    public function run(array $channels): void
    {
        while ($channels !== [] || $this->calls !== []) {
            while ($channels !== [] && count($this->calls) < self::CALLS_MAX && $this->dial($channels[0])) {
                array_shift($channels);
            }
            $this->ami->tick(self::WAIT_MS);
            $this->settle();
        }
    }

    /** False where no server takes it now: nothing was sent, so it is tried again. */
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
        } catch (AmiException $error) {
            return $error->isRetrySafe() ? false : throw $error;
        }
        $call = new Call($channel, $pending->getServerKey());
        $this->calls[$originate->channelId] = $call;
        $pending->onComplete($call->end(...));

        return true;
    }

    private function hungUp(AmiEvent $event): void
    {
        $call = $this->calls[(string) $event[Header::LinkedId]] ?? null;
        if ($call !== null) {
            $call->hangups[] = $event;
        }
    }

    private function settle(): void
    {
        foreach ($this->calls as $channelId => $call) {
            $result = $call->result();
            if ($result === null && $call->error === null) {
                continue;
            }
            unset($this->calls[$channelId]);
            $what = match (true) {
                $result === null => (string) $call->error?->getMessage(),
                $result->cause === null => $result->outcome->value,
                default => "{$result->outcome->value}, cause {$result->cause}",
            };
            echo "{$call->channel}: {$what}\n";
        }
    }
}

$file = getenv('AMI_CONFIG') ?: '';
if (!isset($argv[1]) || !is_file($file)) {
    fwrite(STDERR, "usage: AMI_CONFIG=FILE dialer.php CHANNEL...\n");
    exit(2);
}
/** @var array<string, mixed> $config */
$config = require $file;
$ami = AmiClientManager::fromConfig($config);
$missing = $ami->connectAll(wait: 5.0);
foreach ($missing as $server => $reason) {
    fwrite(STDERR, "{$server} is not ready: {$reason->value}\n");
}
if (count($missing) === count($ami->serverKeys())) {
    exit(1);
}
new Dialer($ami)->run(array_values(array_slice($argv, 1)));
$ami->terminate();
