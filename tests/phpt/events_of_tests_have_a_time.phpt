--TEST--
AmiEvent::fromArray() takes the time at which the event was received, which copies keep; without it that is now
--EXTENSIONS--
ami_client
--FILE--
<?php
use Apn\AmiClient\AmiEvent;
use Apn\AmiClient\Exception\InvalidConfigurationException;

$before = microtime(true);
$now = AmiEvent::fromArray('pbx1', ['Event' => 'Hangup'])->receivedAt;
var_dump($now >= $before - 1.0 && $now <= microtime(true) + 1.0);

$event = AmiEvent::fromArray('pbx1', ['Event' => 'Hangup'], receivedAt: 1_700_000_000.25);
var_dump($event->receivedAt, (clone $event)->receivedAt, unserialize(serialize($event))->receivedAt);
var_dump(AmiEvent::fromArray('pbx1', ['Event' => 'Hangup'], 0)->receivedAt);
foreach ([-1.0, NAN, INF, 1e30] as $time) {
    try {
        AmiEvent::fromArray('pbx1', ['Event' => 'Hangup'], $time);
        echo "accepted\n";
    } catch (InvalidConfigurationException $e) {
        echo $e->getMessage(), "\n";
    }
}
?>
--EXPECT--
bool(true)
float(1700000000.25)
float(1700000000.25)
float(1700000000.25)
float(0)
receivedAt is -1, must be a Unix time, 0 or later
receivedAt is NaN, must be a Unix time, 0 or later
receivedAt is inf, must be a Unix time, 0 or later
receivedAt is 1000000000000000000000000000000, must be a Unix time, 0 or later
